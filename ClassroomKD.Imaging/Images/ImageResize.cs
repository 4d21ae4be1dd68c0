namespace ClassroomKD.Imaging;

/// <summary>Bilinear, antialiased resizing with the same bytes as Pillow's.</summary>
/// <remarks>
/// A triangle filter as wide as the reduction (Pillow's <c>Image.resize(..., BILINEAR)</c>, which torchvision uses), first along rows, then
/// along columns, in fixed point of 22 bits and rounded to bytes in between. Tests compare with Pillow's results byte by byte.
/// </remarks>
public static class ImageResize
{
    /// <summary>Resizes the whole image.</summary>
    /// <param name="image">The image; not disposed.</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <returns>A new image; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1.</exception>
    public static RgbImage To(RgbImage image, int width, int height) => Crop(image, Whole(image), width, height);

    /// <summary>Cuts out a box and resizes it; pixels outside the box have no influence (torchvision's <c>resized_crop</c>).</summary>
    /// <param name="image">The image; not disposed.</param>
    /// <param name="box">The part of the image to take.</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <returns>A new image; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the box reaches beyond the image.</exception>
    public static RgbImage Crop(RgbImage image, ImageBox box, int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        return Resample(image, box, width, height, new ImageBox(0, 0, width, height));
    }

    /// <summary>
    /// Resizes the shorter side to a given length, the longer one in proportion, rounded down, and cuts out the middle: torchvision's
    /// <c>Resize</c> and <c>CenterCrop</c>, usual on ImageNet with 256 and 224. Only what is kept is computed.
    /// </summary>
    /// <param name="image">The image; not disposed.</param>
    /// <param name="shortSide">The shorter side after resizing.</param>
    /// <param name="side">The side of the square that is kept, at most <paramref name="shortSide"/>.</param>
    /// <returns>A new image <paramref name="side"/> x <paramref name="side"/>; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A length is below 1, or the square is larger than the resized image.</exception>
    public static RgbImage CenterCrop(RgbImage image, int shortSide, int side)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentOutOfRangeException.ThrowIfLessThan(side, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(shortSide, side);
        var (width, height) = image.Width <= image.Height
            ? (shortSide, (int)((long)shortSide * image.Height / image.Width))
            : ((int)((long)shortSide * image.Width / image.Height), shortSide);
        return Resample(image, Whole(image), width, height, ImageBox.Centered(width, height, side, side));
    }

    private static ImageBox Whole(RgbImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ImageBox(0, 0, image.Width, image.Height);
    }

    /// <summary>Resizes a box to width x height, of which a window is kept.</summary>
    private static RgbImage Resample(RgbImage image, ImageBox box, int width, int height, ImageBox window)
    {
        ArgumentNullException.ThrowIfNull(image);
        if (!box.IsWithin(image.Width, image.Height))
            throw new ArgumentOutOfRangeException(
                nameof(box), box, $"Expected a box within the {image.Width} x {image.Height} pixels of the image.");
        using var columns = FilterWeights.Of(box.Width, width, window.X, window.Width);
        using var rows = FilterWeights.Of(box.Height, height, window.Y, window.Height);
        // Filters only the rows that the second pass reads.
        var (first, end) = rows.SourceRange;
        using var narrowed = new RgbImage(window.Width, end - first);
        var result = new RgbImage(window.Width, window.Height);
        ResamplePasses.Horizontal(image, box.X, box.Y + first, columns, narrowed);
        ResamplePasses.Vertical(narrowed, first, rows, result);
        return result;
    }
}
