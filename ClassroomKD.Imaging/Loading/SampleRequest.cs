namespace ClassroomKD.Imaging;

/// <summary>A sample that is to be loaded, and its random numbers.</summary>
public readonly struct SampleRequest
{
    // Separates samples from the epoch's order, with the stream (seed, epoch), and from batches, with (~seed, epoch, batch).
    private const long Samples = 0x5DEECE66D1234567;

    /// <summary>The seed of the training.</summary>
    public required long Seed { get; init; }

    /// <summary>The epoch's number, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The sample, 0 to Count - 1.</summary>
    public required int Index { get; init; }

    /// <summary>The sample's random numbers in this epoch, from the beginning at each call: a function of seed, epoch and index.</summary>
    public SplitMix64 Random() => SplitMix64.Of(Seed ^ Samples, Epoch, Index);
}
