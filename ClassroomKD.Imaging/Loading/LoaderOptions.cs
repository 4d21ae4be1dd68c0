namespace ClassroomKD.Imaging;

/// <summary>How samples are loaded. Batches depend on <see cref="BatchSize"/>, <see cref="Seed"/>, <see cref="Shuffle"/> and
/// <see cref="DropLast"/> only; the rest decides how fast they come.</summary>
public sealed record LoaderOptions
{
    /// <summary>Samples per batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>The seed of the order and of what is random about a sample.</summary>
    /// <value>Default: 0.</value>
    public long Seed { get; init; }

    /// <summary>Whether each epoch has an order of its own; if not, samples come in the order of the source.</summary>
    /// <value>Default: true.</value>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch of fewer samples is left out.</summary>
    /// <value>Default: false.</value>
    public bool DropLast { get; init; }

    /// <summary>Threads that load samples, at least 1.</summary>
    /// <value>Default: one per processor.</value>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The most batches being loaded or ready, beside the one in use; at least 1. More need more memory and even out slow files.</summary>
    /// <value>Default: 3.</value>
    public int Prefetch { get; init; } = 3;

    /// <summary>What to do about samples that cannot be read.</summary>
    /// <value>Default: throw.</value>
    public BrokenSamples Broken { get; init; }
}
