using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Applies a few random operations of one magnitude to each image.</summary>
/// <remarks>
/// <para>
/// Cubuk, Zoph, Shlens and Le, "RandAugment: Practical Automated Data Augmentation with a Reduced Search Space", NeurIPS 2020, with the
/// operations and magnitudes of torchvision's <c>RandAugment</c>. At magnitude m of 30, r = m / 30; signs are drawn:
/// </para>
/// <list type="table">
/// <item><term>shear x, y</term><description>± 0.3 r</description></item>
/// <item><term>translate x, y</term><description>± 150/331 r of the width or height, whole pixels</description></item>
/// <item><term>rotate</term><description>± 30° r about the center</description></item>
/// <item><term>brightness, color, contrast, sharpness</term><description>factor 1 ± 0.9 r</description></item>
/// <item><term>posterize</term><description>8 - round(4 r) bits stay</description></item>
/// <item><term>solarize</term><description>values from 255 (1 - r) on are inverted</description></item>
/// <item><term>identity, autocontrast, equalize</term><description>no magnitude</description></item>
/// </list>
/// <para>
/// Geometric operations sample the nearest pixel and fill with black. Operations are drawn on the host; the images of one operation are
/// then processed together on their device. Images have 3 channels or 1, for which color has no effect.
/// </para>
/// </remarks>
public sealed class RandAugment : IBatchAugmentation
{
    /// <summary>The greatest magnitude.</summary>
    public const int MaximumMagnitude = 30;

    private static readonly int Kinds = Enum.GetValues<RandAugmentOperation>().Length;

    /// <summary>Creates the augmentation.</summary>
    /// <param name="operations">Operations per image, at least 1 (the paper's N).</param>
    /// <param name="magnitude">0 to 30 (the paper's M).</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public RandAugment(int operations = 2, int magnitude = 9)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(operations, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(magnitude);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(magnitude, MaximumMagnitude);
        (Operations, Magnitude) = (operations, magnitude);
    }

    /// <summary>Operations per image.</summary>
    public int Operations { get; }

    /// <summary>The magnitude, 0 to 30.</summary>
    public int Magnitude { get; }

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, long seed)
    {
        RawImages.Require(images);
        if (images.size(1) is not (1 or 3))
            throw new ArgumentException($"Expected images of 1 or 3 channels, found {images.size(1)}.", nameof(images));
        using var scope = NewDisposeScope();
        var augmented = images.clone();
        var random = SplitMix64.Of(seed);
        var drawn = new (RandAugmentOperation Operation, double Sign)[images.size(0)];
        for (var layer = 0; layer < Operations; layer++)
        {
            foreach (ref var each in drawn.AsSpan())
                each = ((RandAugmentOperation)random.Below(Kinds), random.Below(2) == 0 ? 1 : -1);
            ApplyLayer(augmented, drawn);
        }
        return augmented.MoveToOuterDisposeScope();
    }

    /// <summary>Applies one operation to each image, in place.</summary>
    internal void ApplyLayer(Tensor images, (RandAugmentOperation Operation, double Sign)[] drawn)
    {
        foreach (var group in Enumerable.Range(0, drawn.Length).GroupBy(sample => Family(drawn[sample].Operation)))
        {
            if (group.Key == RandAugmentOperation.Identity)
                continue;
            using var scope = NewDisposeScope();
            long[] samples = [.. group.Select(sample => (long)sample)];
            var rows = HostTensor.Of(samples, [samples.Length], images.device);
            var chosen = images.index_select(0, rows);
            images.index_copy_(0, rows, ApplyFamily(group.Key, chosen, [.. samples.Select(sample => drawn[sample])]));
        }
    }

    /// <summary>The operations that are done together, such as all geometric ones.</summary>
    private static RandAugmentOperation Family(RandAugmentOperation operation) =>
        operation is >= RandAugmentOperation.ShearX and <= RandAugmentOperation.Rotate ? RandAugmentOperation.ShearX : operation;

    private Tensor ApplyFamily(RandAugmentOperation family, Tensor images, (RandAugmentOperation Operation, double Sign)[] drawn)
    {
        var strength = (double)Magnitude / MaximumMagnitude;
        Tensor Factors() =>
            HostTensor.Of([.. drawn.Select(each => (float)(1 + each.Sign * 0.9 * strength))], [drawn.Length, 1, 1, 1], images.device);
        return family switch
        {
            RandAugmentOperation.ShearX => AffineSampling.Nearest(
                images,
                [.. drawn.Select(each => PixelAffine.Of(each.Operation, each.Sign * strength, (int)images.size(3), (int)images.size(2)))]),
            RandAugmentOperation.Brightness => ColorOperations.Brightness(images, Factors()),
            RandAugmentOperation.Color => ColorOperations.Saturation(images, Factors()),
            RandAugmentOperation.Contrast => ColorOperations.Contrast(images, Factors()),
            RandAugmentOperation.Sharpness => ColorOperations.Sharpness(images, Factors()),
            RandAugmentOperation.Posterize => ToneOperations.Posterize(images, 8 - (int)Math.Round(4 * strength)),
            RandAugmentOperation.Solarize => ToneOperations.Solarize(images, 255 * (1 - strength)),
            RandAugmentOperation.AutoContrast => ToneOperations.AutoContrast(images),
            _ => ToneOperations.Equalize(images),
        };
    }
}
