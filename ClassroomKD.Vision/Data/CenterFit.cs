using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Resizes the shorter side and cuts out the middle square, as in the evaluation on ImageNet (256 and 224).</summary>
public sealed class CenterFit : IImageFit
{
    /// <summary>Creates the fit.</summary>
    /// <param name="side">The side of the square.</param>
    /// <param name="shortSide">The shorter side after resizing, at least <paramref name="side"/>. Default 0: 8/7 of it.</param>
    /// <exception cref="ArgumentOutOfRangeException">A length is out of range.</exception>
    public CenterFit(int side = 224, int shortSide = 0)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(shortSide);
        (Side, ShortSide) = (side, shortSide == 0 ? (int)((long)side * 8 / 7) : shortSide);
        ArgumentOutOfRangeException.ThrowIfLessThan(ShortSide, side, nameof(shortSide));
    }

    /// <summary>The side of the square.</summary>
    public int Side { get; }

    /// <summary>The shorter side after resizing.</summary>
    public int ShortSide { get; }

    /// <inheritdoc/>
    public RgbImage Apply(EncodedImage image, ref SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(image);
        using var whole = image.Decode();
        return ImageResize.CenterCrop(whole, ShortSide, Side);
    }
}
