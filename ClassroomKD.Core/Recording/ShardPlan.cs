using System.Globalization;

namespace ClassroomKD;

/// <summary>Which file holds which batches.</summary>
/// <param name="Variants">How many epochs are recorded.</param>
/// <param name="BatchesPerEpoch">How many batches each has.</param>
/// <param name="BatchesPerFile">How many of them a file holds at most.</param>
internal sealed record ShardPlan(int Variants, int BatchesPerEpoch, int BatchesPerFile)
{
    public int FilesPerEpoch => (BatchesPerEpoch - 1) / BatchesPerFile + 1;

    /// <summary>How many files there are in all.</summary>
    public long Count => (long)Variants * FilesPerEpoch;

    public IEnumerable<Shard> All =>
        Enumerable.Range(0, Variants).SelectMany(variant => Enumerable.Range(0, FilesPerEpoch).Select(file => At(variant, file)));

    /// <summary>A worker's share: files that follow each other, so that it draws each batch of the data at most once.</summary>
    public Shard[] Share(int worker, int workers)
    {
        Shard[] all = [.. All];
        return all[(int)((long)all.Length * worker / workers)..(int)((long)all.Length * (worker + 1) / workers)];
    }

    /// <summary>The file of a batch.</summary>
    public Shard Of(int variant, int batch) => At(variant, batch / BatchesPerFile);

    private Shard At(int variant, int file) =>
        new(variant, file * BatchesPerFile, Math.Min(BatchesPerFile, BatchesPerEpoch - file * BatchesPerFile));
}

/// <summary>The batches of one file.</summary>
/// <param name="Variant">Of which recorded epoch.</param>
/// <param name="First">The number of the first.</param>
/// <param name="Count">How many, those included that hold no sample.</param>
internal readonly record struct Shard(int Variant, int First, int Count)
{
    public int End => First + Count;

    public string FileName => string.Create(CultureInfo.InvariantCulture, $"variant-{Variant:D4}-batch-{First:D7}.safetensors");
}
