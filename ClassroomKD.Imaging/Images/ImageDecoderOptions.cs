namespace ClassroomKD.Imaging;

/// <summary>How image files become pixels.</summary>
public sealed class ImageDecoderOptions
{
    /// <summary>Whether the EXIF orientation of a photograph is applied.</summary>
    /// <value>Default false: pixels as stored, as in Pillow, torchvision and the COCO tools, to which annotations refer.</value>
    public bool ApplyOrientation { get; set; }

    /// <summary>
    /// The least number of pixels of the shorter side when a whole JPEG is decoded at 1/2, 1/4 or 1/8 of its size. That is faster for
    /// images that are reduced anyway; pixels differ slightly from those of full decoding.
    /// </summary>
    /// <value>Default 0: decode in full.</value>
    public int ShortSideAtLeast { get; set; }

    /// <summary>The largest number of pixels of an image: a few bytes can claim a size that exhausts the memory.</summary>
    /// <value>Default 100 million, which take 400 MB.</value>
    public long MaximumPixels { get; set; } = 100_000_000;

    /// <summary>A copy of valid options.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    internal ImageDecoderOptions Checked()
    {
        ArgumentOutOfRangeException.ThrowIfNegative(ShortSideAtLeast);
        ArgumentOutOfRangeException.ThrowIfNegative(MaximumPixels);
        return (ImageDecoderOptions)MemberwiseClone();
    }
}
