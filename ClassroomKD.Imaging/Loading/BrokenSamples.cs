namespace ClassroomKD.Imaging;

/// <summary>What a loader does about a sample that cannot be read.</summary>
public enum BrokenSamples
{
    /// <summary>The epoch ends with the exception, when the batch of that sample is due. The default.</summary>
    Throw,

    /// <summary>The sample is left out of its batch, which has one less (a batch without any is left out whole), and listed in
    /// <see cref="PrefetchingLoader{TSample, TBatch}.Skipped"/>.</summary>
    Skip,
}
