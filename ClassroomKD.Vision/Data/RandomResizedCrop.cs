using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Cuts out a random part and resizes it to a square, as in training on ImageNet.</summary>
/// <remarks>
/// Szegedy et al., "Going Deeper with Convolutions", CVPR 2015, as drawn by torchvision's <c>RandomResizedCrop</c>: a uniform share of the
/// area and a log-uniform ratio of the sides within 3/4 and 4/3; after ten that do not fit, the middle of the image at the nearest ratio.
/// It does not flip: add <c>new RandomCropFlip(padding: 0)</c> to the augmentations of the batch.
/// </remarks>
public sealed class RandomResizedCrop : IImageFit
{
    private const int Tries = 10;
    private const double NarrowestRatio = 3.0 / 4;
    private const double WidestRatio = 4.0 / 3;

    /// <summary>Creates the crop.</summary>
    /// <param name="side">The side of the square.</param>
    /// <param name="minimumArea">The smallest share of the image's area, above 0.</param>
    /// <param name="maximumArea">The largest share of the image's area, at most 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public RandomResizedCrop(int side = 224, double minimumArea = 0.08, double maximumArea = 1)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        if (!(minimumArea > 0 && minimumArea <= maximumArea))
            throw new ArgumentOutOfRangeException(nameof(minimumArea), minimumArea, "Expected a share above 0 and not above the greatest.");
        if (!(maximumArea <= 1))
            throw new ArgumentOutOfRangeException(nameof(maximumArea), maximumArea, "Expected a share of at most 1.");
        (Side, MinimumArea, MaximumArea) = (side, minimumArea, maximumArea);
    }

    /// <summary>The side of the square.</summary>
    public int Side { get; }

    /// <summary>The smallest share of the image's area.</summary>
    public double MinimumArea { get; }

    /// <summary>The largest share of the image's area.</summary>
    public double MaximumArea { get; }

    /// <inheritdoc/>
    public RgbImage Apply(EncodedImage image, ref SplitMix64 random)
    {
        ArgumentNullException.ThrowIfNull(image);
        return image.DecodeResized(Draw(image.Width, image.Height, ref random), Side, Side);
    }

    /// <summary>Draws the part of an image that is kept.</summary>
    /// <param name="width">The width of the image.</param>
    /// <param name="height">The height of the image.</param>
    /// <param name="random">The random numbers of the image.</param>
    public ImageBox Draw(int width, int height, ref SplitMix64 random)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = random.Between(MinimumArea, MaximumArea) * width * height;
            var ratio = Math.Exp(random.Between(Math.Log(NarrowestRatio), Math.Log(WidestRatio)));
            var (columns, rows) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (columns >= 1 && columns <= width && rows >= 1 && rows <= height)
                return new ImageBox(random.Below(width - columns + 1), random.Below(height - rows + 1), columns, rows);
        }
        var whole = (double)width / height;
        return ImageBox.Centered(
            width, height,
            whole > WidestRatio ? Math.Max((int)Math.Round(height * WidestRatio), 1) : width,
            whole < NarrowestRatio ? Math.Max((int)Math.Round(width / NarrowestRatio), 1) : height);
    }
}
