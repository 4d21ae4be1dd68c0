using ClassroomKD.Imaging;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>How persons become batches.</summary>
public sealed record PoseLoaderOptions
{
    /// <summary>Persons per batch, at least 1.</summary>
    public required int BatchSize { get; init; }

    /// <summary>Pixels of the network's input in x.</summary>
    /// <value>Default 192.</value>
    public int InputWidth { get; init; } = 192;

    /// <summary>Pixels of the network's input in y.</summary>
    /// <value>Default 256.</value>
    public int InputHeight { get; init; } = 256;

    /// <summary>Whether crops follow UDP's rule, edges on edges, and not MSRA's. It must be the one that the network was trained by.</summary>
    /// <value>Default false.</value>
    public bool Udp { get; init; }

    /// <summary>Room around the box: the factor on both of its extents.</summary>
    /// <value>Default 1.25.</value>
    public double Padding { get; init; } = 1.25;

    /// <summary>Augmentation for training.</summary>
    /// <value>Default null: none, for evaluation.</value>
    public PoseAugmentation? Augmentation { get; init; }

    /// <summary>Mean of red, green and blue, on a scale of 0 to 1.</summary>
    /// <value>Default ImageNet's.</value>
    public IReadOnlyList<double> Mean { get; init; } = [.485, .456, .406];

    /// <summary>Standard deviation of red, green and blue, on a scale of 0 to 1.</summary>
    /// <value>Default ImageNet's.</value>
    public IReadOnlyList<double> StandardDeviation { get; init; } = [.229, .224, .225];

    /// <summary>
    /// The most image pixels per input pixel that the bilinear warp reads as they are; larger persons are reduced to this first, antialiased. With infinity all are
    /// sampled as OpenCV's <c>warpAffine</c> samples them in HRNet, which skips pixels of large persons, and batches need more memory.
    /// </summary>
    /// <value>Default 2.</value>
    public double Detail { get; init; } = 2;

    /// <summary>Where batches shall be.</summary>
    /// <value>Default null: the CPU.</value>
    public Device? Device { get; init; }

    /// <summary>The seed of order and augmentation.</summary>
    /// <value>Default 0.</value>
    public long Seed { get; init; }

    /// <summary>Whether each epoch has an order of its own.</summary>
    /// <value>Default true.</value>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch of fewer persons is left out.</summary>
    /// <value>Default false.</value>
    public bool DropLast { get; init; }

    /// <summary>Threads that decode, at least 1.</summary>
    /// <value>Default: one per processor.</value>
    public int Workers { get; init; } = Environment.ProcessorCount;

    /// <summary>The most batches being made or ready, beside the one in use; at least 1.</summary>
    /// <value>Default 3.</value>
    public int Prefetch { get; init; } = 3;

    /// <summary>What to do about images that turn out to be broken.</summary>
    /// <value>Default: skip and list them in <see cref="PoseLoader.Skipped"/>, as a run of days should not end for one image.</value>
    public BrokenSamples Broken { get; init; } = BrokenSamples.Skip;

    internal void RequireValid()
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(InputWidth, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(InputHeight, 2);
        if (!(Padding > 0 && double.IsFinite(Padding)))
            throw new ArgumentOutOfRangeException(nameof(Padding), Padding, "Expected a factor above 0.");
        if (!(Detail > 0))
            throw new ArgumentOutOfRangeException(nameof(Detail), Detail, "Expected a number above 0.");
        if (Mean.Count != RgbImage.Planes || !Mean.All(double.IsFinite))
            throw new ArgumentException($"Expected a finite mean for each of 3 colours, found [{string.Join(", ", Mean)}].", nameof(Mean));
        if (StandardDeviation.Count != RgbImage.Planes || !StandardDeviation.All(value => value > 0 && double.IsFinite(value)))
            throw new ArgumentException($"Expected a deviation above 0 for each of 3 colours, found [{string.Join(", ", StandardDeviation)}].", nameof(StandardDeviation));
        Augmentation?.RequireValid();
    }
}
