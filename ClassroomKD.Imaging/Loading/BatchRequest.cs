namespace ClassroomKD.Imaging;

/// <summary>A batch that is to be made, and its random numbers.</summary>
public readonly struct BatchRequest
{
    /// <summary>The seed of the training.</summary>
    public required long Seed { get; init; }

    /// <summary>The epoch's number, from 0.</summary>
    public required int Epoch { get; init; }

    /// <summary>The batch's number within the epoch, from 0.</summary>
    public required int Batch { get; init; }

    /// <summary>The batch's random numbers, from the beginning at each call: a function of seed, epoch and batch.</summary>
    public SplitMix64 Random() => SplitMix64.Of(~Seed, Epoch, Batch);
}
