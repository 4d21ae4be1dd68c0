namespace ClassroomKD.Vision;

/// <summary>Operations that map the values of a channel; images are uint8 <c>[B, C, H, W]</c>.</summary>
internal static class ToneOperations
{
    private const int Levels = 256;
    private static readonly long[] OverPixels = [2, 3];
    private static readonly Scalar White = Scalars.Of(255.0);

    /// <summary>Keeps the highest bits of each value.</summary>
    public static Tensor Posterize(Tensor images, int bits)
    {
        var step = Scalars.Of(1 << (8 - bits));
        var values = images.to(ScalarType.Float32);
        return values.div(step).floor().mul(step).to(ScalarType.Byte);
    }

    /// <summary>Inverts the values from a threshold on.</summary>
    public static Tensor Solarize(Tensor images, double threshold) =>
        where(images.to(ScalarType.Float32).ge(Scalars.Of(threshold)), images.bitwise_not(), images);

    /// <summary>Stretches each channel to 0..255; a channel of a single value stays unchanged.</summary>
    public static Tensor AutoContrast(Tensor images)
    {
        var values = images.to(ScalarType.Float32);
        var (low, high) = (values.amin(OverPixels, keepdim: true), values.amax(OverPixels, keepdim: true));
        var range = high - low;
        var stretched = (values - low).mul(White).div(range.clamp_min(Scalars.One));
        return where(range.gt(Scalars.Zero), stretched.to(ScalarType.Byte), images);
    }

    /// <summary>Equalizes each channel's histogram as Pillow's <c>ImageOps.equalize</c> does, if it is defined.</summary>
    public static Tensor Equalize(Tensor images)
    {
        var channels = images.size(0) * images.size(1);
        var pixels = images.size(2) * images.size(3);
        var values = images.reshape(channels, pixels).to(ScalarType.Int64);
        // Counts in float64 are exact, in whatever order a GPU adds.
        var counts = zeros([channels, Levels], ScalarType.Float64, images.device).scatter_add_(
            1, values, ones([1, 1], ScalarType.Float64, images.device).expand(channels, pixels));
        var brightest = counts.gather(1, values.amax([1], keepdim: true));
        var step = brightest.neg().add(Scalars.Of(pixels), Scalars.One).div(White).floor();
        var half = step.mul(Scalars.Half).floor();
        var below = counts.cumsum(1) - counts;
        var table = below.add(half, Scalars.One).div(step.clamp_min(Scalars.One)).floor().clamp(Scalars.Zero, White);
        var equalized = table.gather(1, values).to(ScalarType.Byte);
        return where(step.gt(Scalars.Zero), equalized, images.reshape(channels, pixels)).reshape(images.shape);
    }
}
