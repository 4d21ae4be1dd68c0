using System.Text.Json;

namespace ClassroomKD;

/// <summary>
/// A checkpoint in several files: JSON that names the file ("shard") of each tensor, as Hugging Face's libraries write it beside the
/// shards.
/// </summary>
internal static class WeightsIndex
{
    private const long MaxLength = 100_000_000;
    private const string Map = "weight_map";
    private static readonly JsonDocumentOptions Json = new() { AllowDuplicateProperties = false, MaxDepth = int.MaxValue };

    /// <summary>A JSON object: no other format begins this way.</summary>
    public static bool Recognizes(ReadOnlySpan<byte> head)
    {
        head = head.StartsWith("\uFEFF"u8) ? head[3..] : head;
        return head.TrimStart(" \t\r\n"u8).StartsWith("{"u8);
    }

    /// <summary>Reads the tensors that the index names, in its order, from the shards beside it.</summary>
    public static StateDictionary Read(Stream stream, string path) => WeightsStream.Collect(path, weights =>
    {
        var shardOf = Shards(stream, weights);
        var folder = Path.GetDirectoryName(Path.GetFullPath(path))!;
        var shards = shardOf.GroupBy(entry => entry.Value, entry => entry.Key)
            .Select(shard => (Name: shard.Key, File: Path.Combine(folder, shard.Key), Tensors: shard.ToArray())).ToArray();
        var absent = shards.Where(shard => !File.Exists(shard.File)).Select(shard => Shown(shard.Name)).ToArray();
        if (absent.Length > 0)
            throw new InvalidDataException($"{absent.Length} of {shards.Length} shards are missing beside it: {string.Join(", ", absent)}");
        foreach (var (name, file, tensors) in shards)
        {
            using var content = InputFile.Open(file);
            using var shard = WeightsFile.Read(content, file);
            foreach (var tensor in tensors)
                if (!shard.ContainsKey(tensor) && !shard.LeftOut.Any(entry => entry.Name == tensor))
                    throw new InvalidDataException($"expected '{Shown(tensor)}' in {Shown(name)}, which lacks it");
            weights.Take(shard, tensors);
            foreach (var tensor in shard.Keys)
                weights.LeaveOut(new(tensor, $"a tensor of {Shown(name)} that the index does not name"));
        }
    });

    private static OrderedDictionary<string, string> Shards(Stream stream, StateDictionary weights)
    {
        if (stream.Length > MaxLength)
            throw new InvalidDataException($"an index of {stream.Length} bytes; at most {MaxLength} are read");
        try
        {
            using var document = JsonDocument.Parse(stream, Json);
            if (!document.RootElement.TryGetProperty(Map, out var map) || map.ValueKind != JsonValueKind.Object)
                throw new InvalidDataException($"expected an index of shards with a '{Map}', found other JSON");
            if (document.RootElement.TryGetProperty("metadata", out var metadata) && metadata.ValueKind == JsonValueKind.Object)
                foreach (var entry in metadata.EnumerateObject().Where(entry => entry.Value.ValueKind != JsonValueKind.Null))
                    weights.Metadata[entry.Name] = entry.Value.ValueKind == JsonValueKind.String
                        ? entry.Value.GetString()!
                        : entry.Value.GetRawText();
            var shards = new OrderedDictionary<string, string>(StringComparer.Ordinal);
            foreach (var entry in map.EnumerateObject())
                shards.Add(entry.Name, ShardOf(entry));
            return shards;
        }
        // InvalidOperationException: an escaped surrogate without its other half.
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"the index of shards is no valid JSON: {exception.Message}", exception);
        }
    }

    // A file from elsewhere must not name files of other folders.
    private static string ShardOf(JsonProperty entry) =>
        entry.Name.Length > 0 && entry.Value.ValueKind == JsonValueKind.String && entry.Value.GetString() is { Length: > 0 } file
            && file == Path.GetFileName(file) && file is not ("." or "..") && !file.Contains('\0')
            ? file
            : throw new InvalidDataException(
                $"expected the name of a file beside the index for '{Shown(entry.Name)}', found {Shown(entry.Value.GetRawText())}");

    private static string Shown(string text) => Pickling.Pickled.Shown(text);
}
