using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>How persons become batches.</summary>
public sealed class PoseLoaderOptions : LoaderOptions
{
    /// <summary>Options that skip broken images, so that one image does not end a long run.</summary>
    public PoseLoaderOptions() => Broken = BrokenSamples.Skip;

    /// <summary>The width of the network's input in pixels, at least 2.</summary>
    /// <value>Default 192.</value>
    public int InputWidth { get; set; } = 192;

    /// <summary>The height of the network's input in pixels, at least 2.</summary>
    /// <value>Default 256.</value>
    public int InputHeight { get; set; } = 256;

    /// <summary>Whether crops follow UDP's rule, edges on edges, instead of MSRA's, as in the network's training.</summary>
    /// <value>Default false.</value>
    public bool Udp { get; set; }

    /// <summary>The factor by which both sides of a person's box are enlarged, above 0.</summary>
    /// <value>Default 1.25.</value>
    public double Padding { get; set; } = 1.25;

    /// <summary>The augmentation for training.</summary>
    /// <value>Default null: no augmentation, for evaluation.</value>
    public PoseAugmentation? Augmentation { get; set; }

    /// <summary>The normalization of the three color channels.</summary>
    /// <value>Default <see cref="Normalization.ImageNet"/>.</value>
    public Normalization Normalization { get; set; } = Normalization.ImageNet;

    /// <summary>
    /// The largest number of image pixels per input pixel that the bilinear warp reads directly, above 0; larger persons are first reduced
    /// to it, antialiased. With infinity persons are sampled as by OpenCV's <c>warpAffine</c> in HRNet, which skips pixels of large persons
    /// and needs more memory.
    /// </summary>
    /// <value>Default 2.</value>
    public double Detail { get; set; } = 2;

    /// <summary>The device of the batches.</summary>
    /// <value>Default null: the CPU.</value>
    public Device? Device { get; set; }

    /// <inheritdoc/>
    protected override void Check()
    {
        base.Check();
        ArgumentOutOfRangeException.ThrowIfLessThan(InputWidth, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(InputHeight, 2);
        if (!(Padding > 0 && double.IsFinite(Padding)))
            throw new ArgumentOutOfRangeException(nameof(Padding), Padding, "Expected a finite factor above 0.");
        if (!(Detail > 0))
            throw new ArgumentOutOfRangeException(nameof(Detail), Detail, "Expected a number above 0.");
        if (Normalization?.Mean.Count != RgbImage.Planes)
            throw new ArgumentException(
                $"Expected a normalization of {RgbImage.Planes} channels, found {Normalization?.Mean.Count ?? 0}.", nameof(Normalization));
        Augmentation?.RequireValid();
    }
}
