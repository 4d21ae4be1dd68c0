namespace ClassroomKD;

/// <summary>Writes the answers of one mentor to the batches of one file.</summary>
internal static class ShardFile
{
    /// <summary>The samples of all batches, int32 <c>[N]</c>.</summary>
    public const string Samples = "samples";

    /// <summary>Where each batch begins in them, and where the last one ends, int64 <c>[batches + 1]</c>.</summary>
    public const string Offsets = "offsets";

    /// <summary>A tensor of an answer.</summary>
    public static string Name(int part, string tensor) => $"answers.{part}.{tensor}";

    /// <summary>The folder of a mentor's files.</summary>
    public static string Folder(string recording, string mentor) => Path.Combine(recording, $"mentor-{Uri.EscapeDataString(mentor)}");

    /// <summary>Writes the file whole or not at all.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public static void Write(string folder, Shard shard, RecordingHeader header, ShardContent content)
    {
        using var scope = NewDisposeScope();
        var tensors = content.Tensors(header);
        var texts = header.Of(shard);
        texts.Add(RecordingHeader.Checksum, Sha256.OfTensors(tensors, Canonical(texts)));
        SafetensorsFile.Write(Path.Combine(folder, shard.FileName), tensors, texts);
    }

    /// <summary>The texts of a file but for the checksum, as the checksum takes them.</summary>
    public static string Canonical(IReadOnlyDictionary<string, string> texts) => string.Join('\n', texts
        .Where(entry => entry.Key != RecordingHeader.Checksum).OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key}={entry.Value}"));
}

/// <summary>The answers of one mentor, batch by batch, until they are written. It owns its tensors.</summary>
internal sealed class ShardContent(int batches) : IDisposable
{
    private readonly List<Tensor[]> answers = [];
    private readonly List<int> samples = [];
    private readonly long[] lengths = new long[batches];

    /// <summary>Adds what is kept of an answer to a batch.</summary>
    public void Add(int batch, IReadOnlyList<int> ofBatch, IEnumerable<Tensor> kept)
    {
        lengths[batch] = ofBatch.Count;
        samples.AddRange(ofBatch);
        answers.Add([.. kept.Select(tensor => tensor.to(CPU).DetachFromDisposeScope())]);
    }

    /// <summary>All batches, one after the other; in the caller's dispose scope.</summary>
    public Dictionary<string, Tensor> Tensors(RecordingHeader header)
    {
        var offsets = new long[lengths.Length + 1];
        for (var i = 0; i < lengths.Length; i++)
            offsets[i + 1] = offsets[i] + lengths[i];
        var tensors = new Dictionary<string, Tensor>
        {
            [ShardFile.Samples] = tensor(samples.ToArray()),
            [ShardFile.Offsets] = tensor(offsets),
        };
        var column = 0;
        for (var part = 0; answers.Count > 0 && part < header.Parts.Count; part++)
            foreach (var kept in header.Parts[part].Kept)
            {
                var at = column++;
                tensors.Add(ShardFile.Name(part, kept.Name), cat([.. answers.Select(answer => answer[at])]));
            }

        return tensors;
    }

    public void Dispose()
    {
        foreach (var tensor in answers.SelectMany(answer => answer))
            tensor.Dispose();
        answers.Clear();
    }
}
