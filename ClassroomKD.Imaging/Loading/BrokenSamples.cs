namespace ClassroomKD.Imaging;

/// <summary>What a loader does with a sample that cannot be read.</summary>
public enum BrokenSamples
{
    /// <summary>The epoch ends with the exception when the batch of the sample is due.</summary>
    Throw,

    /// <summary>The sample is left out and listed in <see cref="PrefetchingLoader{TSample, TBatch}.Skipped"/>.</summary>
    Skip,
}
