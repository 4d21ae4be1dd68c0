namespace ClassroomKD.Imaging;

/// <summary>The samples that a batch holds, and their order.</summary>
public class BatchOptions
{
    /// <summary>The number of samples in a batch, at least 1.</summary>
    public required int BatchSize { get; set; }

    /// <summary>The seed of the order and of all else that is random.</summary>
    /// <value>Default 0.</value>
    public long Seed { get; set; }

    /// <summary>Whether each epoch has an order of its own. Without it, samples come in the order of the data set.</summary>
    /// <value>Default true.</value>
    public bool Shuffle { get; set; } = true;

    /// <summary>Whether a last batch of fewer samples is left out.</summary>
    /// <value>Default false.</value>
    public bool DropLast { get; set; }

    /// <summary>The samples of each batch that are loaded: a part where several processes share every batch.</summary>
    /// <value>Default: all.</value>
    public BatchPart Part { get; set; }

    /// <summary>Checks options that a loader is given.</summary>
    /// <typeparam name="TOptions">The type of the options.</typeparam>
    /// <param name="options">The options; not changed.</param>
    /// <returns>A copy, which later changes of <paramref name="options"/> do not reach.</returns>
    /// <exception cref="ArgumentException">A value is out of range; the exception names it.</exception>
    public static TOptions Checked<TOptions>(TOptions options)
        where TOptions : BatchOptions
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Check();
        return (TOptions)options.MemberwiseClone();
    }

    /// <summary>The number of batches in an epoch.</summary>
    /// <param name="samples">The number of samples, at least 1.</param>
    public int BatchesPerEpoch(int samples) => DropLast ? samples / BatchSize : (samples - 1) / BatchSize + 1;

    /// <summary>Throws an <see cref="ArgumentException"/> that names the first value out of range.</summary>
    protected virtual void Check() => ArgumentOutOfRangeException.ThrowIfLessThan(BatchSize, 1);
}
