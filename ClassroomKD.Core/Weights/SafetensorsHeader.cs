using System.Buffers.Binary;
using System.Text.Json;

namespace ClassroomKD;

/// <summary>One tensor of a safetensors file, with bytes from <c>Begin</c> to <c>End</c>, counted from the end of the header.</summary>
internal sealed record SafetensorsEntry(string Name, ScalarType Type, long[] Shape, long Begin, long End);

/// <summary>The header of a safetensors file, checked against the file's length before anything is allocated for its tensors.</summary>
internal sealed class SafetensorsHeader
{
    public const string MetadataName = "__metadata__";

    // The format's own limit.
    private const long MaxLength = 100_000_000;
    private const int MaxRank = 64;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 8 };

    private SafetensorsHeader(long dataStart) => DataStart = dataStart;

    /// <summary>The tensors in the order of the header, which need not be that of the bytes.</summary>
    public List<SafetensorsEntry> Entries { get; } = [];

    /// <summary>Tensors of types that are not read.</summary>
    public List<LeftOutEntry> LeftOut { get; } = [];

    public List<KeyValuePair<string, string>> Metadata { get; } = [];

    public long DataStart { get; }

    public static SafetensorsHeader Read(Stream stream)
    {
        if (stream.Length < 8)
            throw new InvalidDataException($"expected 8 bytes that give the header's length, found {stream.Length}");
        Span<byte> prefix = stackalloc byte[8];
        stream.ReadExactly(prefix);
        var length = BinaryPrimitives.ReadUInt64LittleEndian(prefix);
        if (length > MaxLength || (long)length > stream.Length - 8)
            throw new InvalidDataException(
                $"the header claims {length} bytes; at most {Math.Min(MaxLength, stream.Length - 8)} are possible");
        var json = new byte[length];
        stream.ReadExactly(json);
        try
        {
            using var document = JsonDocument.Parse(json, Strict);
            var header = new SafetensorsHeader(8 + (long)length);
            header.Take(document.RootElement, stream.Length - header.DataStart);
            return header;
        }
        // InvalidOperationException: an escaped surrogate without its other half.
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            throw new InvalidDataException($"the header is no valid JSON: {e.Message}", e);
        }
    }

    private void Take(JsonElement root, long dataLength)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"expected the header to be an object, found {root.ValueKind}");
        var places = new List<(long Begin, long End, string Name)>();
        foreach (var property in root.EnumerateObject())
        {
            if (property.Name == MetadataName)
                TakeMetadata(property.Value);
            else
                places.Add(TakeTensor(property.Name, property.Value, dataLength));
        }
        long end = 0;
        foreach (var (begin, itsEnd, name) in places.OrderBy(place => (place.Begin, place.End)))
        {
            if (begin != end)
                throw new InvalidDataException($"'{name}' begins at byte {begin} of the data, the tensor before it ends " +
                    $"at {end}: tensors must neither overlap nor leave holes");
            end = itsEnd;
        }
        if (end != dataLength)
            throw new InvalidDataException($"the tensors take {end} bytes, the file holds {dataLength} after its header");
    }

    // Some writers state a null where there is nothing to say.
    private void TakeMetadata(JsonElement value)
    {
        if (value.ValueKind == JsonValueKind.Null)
            return;
        if (value.ValueKind != JsonValueKind.Object)
            throw new InvalidDataException($"expected {MetadataName} to be an object of texts, found {value.ValueKind}");
        foreach (var text in value.EnumerateObject().Where(text => text.Value.ValueKind != JsonValueKind.Null))
            Metadata.Add(text.Value.ValueKind == JsonValueKind.String
                ? new(text.Name, text.Value.GetString()!)
                : throw new InvalidDataException($"expected {MetadataName} '{text.Name}' to be text, found {text.Value.ValueKind}"));
    }

    private (long Begin, long End, string Name) TakeTensor(string name, JsonElement value, long dataLength)
    {
        if (name.Length == 0)
            throw new InvalidDataException("a tensor has an empty name");
        if (value.ValueKind != JsonValueKind.Object || value.GetPropertyCount() != 3
            || !value.TryGetProperty("dtype", out var dtype) || !value.TryGetProperty("shape", out var extents)
                || !value.TryGetProperty("data_offsets", out var offsets))
            throw new InvalidDataException($"expected '{name}' to have dtype, shape and data_offsets and nothing else");
        var typeName = dtype.ValueKind == JsonValueKind.String
            ? dtype.GetString()!
            : throw new InvalidDataException($"expected the dtype of '{name}' to be text, found {dtype.ValueKind}");
        var shape = Numbers(name, "shape", extents);
        if (shape.Length > MaxRank)
            throw new InvalidDataException($"'{name}' has {shape.Length} dimensions; at most {MaxRank} are read");
        var span = Numbers(name, "data_offsets", offsets);
        if (span.Length != 2 || span[0] > span[1])
            throw new InvalidDataException(
                $"expected data_offsets of '{name}' to be where its bytes begin and end, found [{string.Join(", ", span)}]");
        if (span[1] > dataLength)
            throw new InvalidDataException(
                $"the file ends early: '{name}' claims the bytes {span[0]} to {span[1]} of the data, of which there are {dataLength}");
        if (SafetensorsType.Parse(typeName) is not { } type)
            LeftOut.Add(new(name, $"{typeName} [{string.Join(", ", shape)}]; read are {SafetensorsType.Names}"));
        else if (TensorBytes.Elements(shape, long.MaxValue / 8) is var elements
            && (elements < 0 || elements * TensorBytes.Width(type) != span[1] - span[0]))
            throw new InvalidDataException($"'{name}', {typeName} [{string.Join(", ", shape)}], claims {span[1] - span[0]} bytes");
        else
            Entries.Add(new(name, type, shape, span[0], span[1]));
        return (span[0], span[1], name);
    }

    private static long[] Numbers(string name, string what, JsonElement value)
    {
        if (value.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"expected {what} of '{name}' to be an array, found {value.ValueKind}");
        var numbers = new long[value.GetArrayLength()];
        var i = 0;
        foreach (var item in value.EnumerateArray())
            numbers[i++] = item.ValueKind == JsonValueKind.Number && item.TryGetInt64(out var number) && number >= 0
                ? number
                : throw new InvalidDataException($"expected {what} of '{name}' to hold whole numbers from 0 on");
        return numbers;
    }
}
