using System.Buffers;
using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>Reads JPEG, PNG, WebP, BMP and GIF images (its first frame) by SkiaSharp.</summary>
/// <remarks>
/// Grey images become colour by repetition. Transparency is dropped and leaves the stored colour, as Pillow's <c>convert("RGB")</c> does.
/// Embedded colour profiles are ignored, as Pillow ignores them. An image that ends early is broken, not half grey. Safe on any number of threads.
/// </remarks>
public sealed class ImageDecoder
{
    private const string Expected = "expected a JPEG, PNG, WebP, BMP or GIF image";

    // Those libjpeg-turbo has vector code for; the shorter side decides.
    private static readonly float[] Reductions = [1 / 8f, 1 / 4f, 1 / 2f];

    private readonly ImageDecoderOptions options;

    /// <summary>A decoder with these settings.</summary>
    /// <param name="options">Default: full size, orientation ignored, at most 100 million pixels.</param>
    /// <exception cref="ArgumentOutOfRangeException">A size is negative.</exception>
    public ImageDecoder(ImageDecoderOptions? options = null)
    {
        this.options = options ?? new();
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.ShortSideAtLeast, nameof(options));
        ArgumentOutOfRangeException.ThrowIfNegative(this.options.MaximumPixels, nameof(options));
    }

    /// <summary>A decoder with the default settings.</summary>
    public static ImageDecoder Default { get; } = new();

    /// <summary>Decodes a file.</summary>
    /// <param name="path">The file.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">The file cannot be read, or holds no whole image of a known format, or one of too many pixels.</exception>
    public RgbImage Decode(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var content = FileContent.Read(path);
        return Decode(content.Bytes, path);
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
            using var data = encoded.IsEmpty ? null : SKData.Create((nint)address, encoded.Length);
            using var codec = Open(data, encoded, name);
            var full = codec.Info;
            var size = Reduced(codec);
            var turned = options.ApplyOrientation && Orientation.SwapsSides(codec.EncodedOrigin);
            var image = new RgbImage(size.Width, size.Height)
            {
                OriginalWidth = turned ? full.Height : full.Width,
                OriginalHeight = turned ? full.Width : full.Height,
            };
            try
            {
                // No colour space: pixels are not converted from the embedded profile.
                var wanted = new SKImageInfo(size.Width, size.Height, SKColorType.Rgba8888, full.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
                SKCodecResult result;
                fixed (byte* pixels = image.Pixels)
                    result = codec.GetPixels(wanted, (nint)pixels, wanted.RowBytes, SKCodecOptions.Default);
                if (result != SKCodecResult.Success)
                    throw new ImageException(name, Described(result, codec.EncodedFormat, encoded.Length));
                return options.ApplyOrientation ? Orientation.Apply(image, codec.EncodedOrigin) : image;
            }
            catch
            {
                image.Dispose();
                throw;
            }
        }
    }

    /// <summary>Reads the size that a file states, without decoding it; orientation is not applied.</summary>
    /// <param name="path">The file.</param>
    /// <returns>Width and height in pixels.</returns>
    /// <exception cref="ImageException">The file cannot be read, or is no image of a known format, or one of too many pixels.</exception>
    public unsafe (int Width, int Height) ReadSize(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        using var content = FileContent.Read(path);
        fixed (byte* address = content.Bytes)
        {
            using var data = content.Bytes.IsEmpty ? null : SKData.Create((nint)address, content.Bytes.Length);
            using var codec = Open(data, content.Bytes, path);
            return (codec.Info.Width, codec.Info.Height);
        }
    }

    private SKCodec Open(SKData? data, ReadOnlySpan<byte> encoded, string name)
    {
        if (data is null)
            throw new ImageException(name, $"the file is empty; {Expected}.");
        var codec = SKCodec.Create(data) ?? throw new ImageException(
            name, $"{Expected}, found {encoded.Length} bytes that start with {Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}.");
        var (format, info) = (codec.EncodedFormat, codec.Info);
        var reason =
            format is not (SKEncodedImageFormat.Jpeg or SKEncodedImageFormat.Png or SKEncodedImageFormat.Webp or SKEncodedImageFormat.Bmp or SKEncodedImageFormat.Gif)
                ? $"{Expected}, found {format}."
            : info.Width < 1 || info.Height < 1 ? $"expected at least one pixel, found {info.Width} x {info.Height}."
            : (long)info.Width * info.Height > Math.Min(options.MaximumPixels, Array.MaxLength / RgbImage.BytesPerPixel)
                ? $"expected at most {options.MaximumPixels} pixels, found {info.Width} x {info.Height}."
            : null;
        if (reason is null)
            return codec;
        codec.Dispose();
        throw new ImageException(name, reason);
    }

    private SKSizeI Reduced(SKCodec codec)
    {
        if (options.ShortSideAtLeast > 0 && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
        {
            foreach (var reduction in Reductions)
            {
                var size = codec.GetScaledDimensions(reduction);
                if (Math.Min(size.Width, size.Height) >= options.ShortSideAtLeast)
                    return size;
            }
        }
        return codec.Info.Size;
    }

    private static string Described(SKCodecResult result, SKEncodedImageFormat format, int length) => result switch
    {
        SKCodecResult.IncompleteInput => $"the {format} image ends early, after {length} bytes.",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => $"the {format} image is damaged.",
        _ => $"the {format} image cannot be decoded ({result}).",
    };
}
