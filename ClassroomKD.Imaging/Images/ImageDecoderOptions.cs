namespace ClassroomKD.Imaging;

/// <summary>How image files become pixels.</summary>
public sealed class ImageDecoderOptions
{
    /// <summary>Whether the EXIF orientation of a photograph is applied.</summary>
    /// <value>Default: false, pixels as stored, as Pillow, torchvision and the COCO tools have them: annotations refer to these.</value>
    public bool ApplyOrientation { get; set; }

    /// <summary>
    /// Lets JPEGs be decoded at 1/2, 1/4 or 1/8 of their size, by the inverse transform itself, as long as the shorter side keeps at least
    /// so many pixels: faster where images are made much smaller anyway, with pixels that differ a little from decoding in full. For whole images only.
    /// </summary>
    /// <value>Default: 0, decode in full.</value>
    public int ShortSideAtLeast { get; set; }

    /// <summary>The most pixels an image may have: a few bytes can claim a size that exhausts the memory.</summary>
    /// <value>Default: 100 million, 400 MB.</value>
    public long MaximumPixels { get; set; } = 100_000_000;

    internal ImageDecoderOptions Copy() => (ImageDecoderOptions)MemberwiseClone();
}
