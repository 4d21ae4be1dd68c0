namespace ClassroomKD.Imaging;

/// <summary>How samples are loaded. The number of workers and of prefetched batches changes the speed, never a batch.</summary>
public class LoaderOptions : BatchOptions
{
    /// <summary>The number of threads that load samples, at least 1.</summary>
    /// <value>Default: one per processor.</value>
    public int Workers { get; set; } = Environment.ProcessorCount;

    /// <summary>
    /// The largest number of batches that are loading or ready, beside the one in use; at least 1. More batches need more memory and even
    /// out slow files.
    /// </summary>
    /// <value>Default 3.</value>
    public int Prefetch { get; set; } = 3;

    /// <summary>What happens when a sample cannot be read.</summary>
    /// <value>Default <see cref="BrokenSamples.Throw"/>.</value>
    public BrokenSamples Broken { get; set; }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(Workers, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(Prefetch, 1);
        if (!Enum.IsDefined(Broken))
            throw new ArgumentOutOfRangeException(nameof(Broken), Broken, "Expected Throw or Skip.");
    }
}
