namespace ClassroomKD.Imaging;

/// <summary>Reads JPEG, PNG, WebP, BMP and GIF images (its first frame) by SkiaSharp.</summary>
/// <remarks>
/// Gray images become color by repetition. Transparency is dropped and leaves the stored color, as Pillow's <c>convert("RGB")</c> does.
/// Embedded color profiles are ignored, as Pillow ignores them. An image that ends early is broken, not half gray. Safe on any number of threads.
/// </remarks>
public sealed class ImageDecoder
{
    private readonly ImageDecoderOptions options;

    /// <summary>A decoder with these settings.</summary>
    /// <param name="options">Default: full size, orientation ignored, at most 100 million pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public ImageDecoder(ImageDecoderOptions? options = null)
    {
        this.options = options?.Copy() ?? new();
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.ShortSideAtLeast, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.MaximumPixels, nameof(options));
    }

    /// <summary>A decoder with the default settings.</summary>
    public static ImageDecoder Default { get; } = new();

    /// <summary>Opens a file, to see its size and to decode all of it or a part.</summary>
    /// <param name="path">The file, which is read whole and closed again.</param>
    /// <returns>The image, not decoded yet; the caller disposes it.</returns>
    /// <exception cref="ImageException">The file cannot be read, or holds no image of a known format, or one of too many pixels.</exception>
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
    /// <exception cref="ImageException">The file cannot be read, or holds no whole image of a known format, or one of too many pixels.</exception>
    public RgbImage Decode(string path)
    {
        using var image = Open(path);
        return image.Decode();
    }

    /// <summary>Decodes what has been read already.</summary>
    /// <param name="encoded">The content of an image file.</param>
    /// <param name="name">What exceptions call the image.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">The bytes are no whole image of a known format, or one of too many pixels.</exception>
    public unsafe RgbImage Decode(ReadOnlySpan<byte> encoded, string name)
    {
        fixed (byte* address = encoded)
        {
            using var image = new EncodedImage(name, options, (nint)address, encoded);
            return image.Decode();
        }
    }
}
