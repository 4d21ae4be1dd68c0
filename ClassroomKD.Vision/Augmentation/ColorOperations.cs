using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>
/// Operations that mix images with degraded versions of themselves: <c>f image + (1 - f) degraded</c>, clamped to 0..255 and rounded down,
/// with a factor f for each image <c>[B, 1, 1, 1]</c>. Images are uint8 <c>[B, C, H, W]</c>; degraded versions are rounded as in
/// torchvision.
/// </summary>
internal static class ColorOperations
{
    private static readonly long[] AllButBatch = [1, 2, 3];
    private static readonly Scalar White = Scalars.Of(255.0);
    private static readonly Scalar Red = Scalars.Of(0.2989);
    private static readonly Scalar Green = Scalars.Of(0.587);
    private static readonly Scalar Blue = Scalars.Of(0.114);

    /// <summary>Mixes with black.</summary>
    public static Tensor Brightness(Tensor images, Tensor factors) => Bytes(images.to(ScalarType.Float32) * factors);

    /// <summary>Mixes with gray.</summary>
    public static Tensor Saturation(Tensor images, Tensor factors) =>
        images.size(1) == 1 ? images : Mixed(images, Gray(images), factors);

    /// <summary>Mixes with the mean of the gray image.</summary>
    public static Tensor Contrast(Tensor images, Tensor factors) => Mixed(images, Gray(images).mean(AllButBatch, keepdim: true), factors);

    /// <summary>Mixes with a smoothed image, whose border is the original's. Images below 3 pixels stay unchanged.</summary>
    public static Tensor Sharpness(Tensor images, Tensor factors)
    {
        var (channels, height, width) = (images.size(1), images.size(2), images.size(3));
        if (height < 3 || width < 3)
            return images;
        const float Side = 1 / 13f, Center = 5 / 13f;
        var kernel = HostTensor.Of(
            [Side, Side, Side, Side, Center, Side, Side, Side, Side], [1, 1, 3, 3], images.device).expand(channels, 1, 3, 3);
        var smooth = images.to(ScalarType.Float32);
        var inside = nn.functional.conv2d(smooth, kernel, groups: channels).round();
        smooth.narrow(2, 1, height - 2).narrow(3, 1, width - 2).copy_(inside);
        return Mixed(images, smooth, factors);
    }

    /// <summary>Whole numbers <c>[B, 1, H, W]</c> in float32.</summary>
    private static Tensor Gray(Tensor images)
    {
        var values = images.to(ScalarType.Float32);
        return images.size(1) == 1
            ? values
            : values.narrow(1, 0, 1).mul(Red).add(values.narrow(1, 1, 1), Green).add(values.narrow(1, 2, 1), Blue).floor();
    }

    private static Tensor Mixed(Tensor images, Tensor poorer, Tensor factors) =>
        Bytes((images.to(ScalarType.Float32) * factors).add(poorer * factors.neg().add(Scalars.One, Scalars.One), Scalars.One));

    private static Tensor Bytes(Tensor values) => values.clamp(Scalars.Zero, White).to(ScalarType.Byte);
}
