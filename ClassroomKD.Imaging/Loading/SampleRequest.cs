namespace ClassroomKD.Imaging;

/// <summary>Which sample is asked for, and the randomness that belongs to it.</summary>
public readonly struct SampleRequest
{
    // Keeps samples apart from the epoch's order, which has the stream (seed, epoch), and from batches, which have (~seed, epoch, batch).
    private const long Samples = 0x5DEECE66D1234567;

    /// <summary>The seed of the training.</summary>
    public required long Seed { get; init; }

    /// <summary>The epoch's number, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The sample, 0 to Count - 1.</summary>
    public required int Index { get; init; }

    /// <summary>The sample's own random numbers in this epoch, from their beginning at each call: a function of seed, epoch and index.</summary>
    public SplitMix64 Random() => SplitMix64.Of(Seed ^ Samples, Epoch, Index);
}
