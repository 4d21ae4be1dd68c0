namespace ClassroomKD.Imaging;

/// <summary>Reads JPEG, PNG, WebP, BMP and GIF images (its first frame) by SkiaSharp.</summary>
/// <remarks>
/// Gray images become color by repetition. Transparency is dropped and embedded color profiles are ignored, as Pillow's
/// <c>convert("RGB")</c> does. An image that ends early is broken, but for a JPEG that lacks the mark of its end alone. Safe for use by
/// several threads.
/// </remarks>
public sealed class ImageDecoder
{
    private readonly ImageDecoderOptions options;

    /// <summary>A decoder with these settings.</summary>
    /// <param name="options">Default: full size, without orientation, at most 100 million pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public ImageDecoder(ImageDecoderOptions? options = null) => this.options = (options ?? new()).Checked();

    /// <summary>A decoder with the default settings.</summary>
    public static ImageDecoder Default { get; } = new();

    /// <summary>A copy of the settings.</summary>
    public ImageDecoderOptions Options => options.Checked();

    /// <summary>Opens a file to read its size and decode it in full or in part.</summary>
    /// <param name="path">The file, which is read and closed.</param>
    /// <returns>The image, not yet decoded; the caller disposes it.</returns>
    /// <exception cref="ImageException">The file cannot be read, has no known image format, or has too many pixels.</exception>
    public EncodedImage Open(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var content = FileContent.Read(path);
        try
        {
            return new EncodedImage(content, path, options);
        }
        catch
        {
            content.Dispose();
            throw;
        }
    }

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">The file cannot be read, is no complete image, or has too many pixels.</exception>
    public RgbImage Decode(string path)
    {
        using var image = Open(path);
        return image.Decode();
    }

    /// <summary>Decodes an image in memory.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <param name="name">The image's name in exceptions.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">The bytes are no complete image of a known format, or the image has too many pixels.</exception>
    public unsafe RgbImage Decode(ReadOnlySpan<byte> encoded, string name)
    {
        fixed (byte* address = encoded)
        {
            using var image = new EncodedImage(name, options, (nint)address, encoded);
            return image.Decode();
        }
    }
}
