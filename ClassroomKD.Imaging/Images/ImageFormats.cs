using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>The formats that are read, and the messages for images that cannot be.</summary>
internal static class ImageFormats
{
    public const string Expected = "expected a JPEG, PNG, WebP, BMP or GIF image";

    private static readonly SKEncodedImageFormat[] Formats =
    [
        SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp, SKEncodedImageFormat.Bmp, SKEncodedImageFormat.Gif,
    ];

    // The reductions that libjpeg-turbo has vector code for.
    private static readonly float[] Reductions = [1 / 8f, 1 / 4f, 1 / 2f];

    /// <summary>Opens an image, or throws with the reason why it cannot be read.</summary>
    public static SKCodec Open(SKData data, ReadOnlySpan<byte> encoded, string name, long maximumPixels)
    {
        if (encoded.IsEmpty)
            throw new ImageException(name, $"the file is empty; {Expected}.");
        var codec = SKCodec.Create(data) ?? throw new ImageException(
            name,
            $"{Expected}, found {encoded.Length} bytes that start with {Convert.ToHexString(encoded[..Math.Min(8, encoded.Length)])}.");
        var (format, info) = (codec.EncodedFormat, codec.Info);
        var most = Math.Min(maximumPixels, Array.MaxLength / RgbImage.BytesPerPixel);
        var reason =
            !Formats.Contains(format) ? $"{Expected}, found {format}."
            : info.Width < 1 || info.Height < 1 ? $"expected at least one pixel, found {info.Width} x {info.Height}."
            : (long)info.Width * info.Height > most ? $"expected at most {most} pixels, found {info.Width} x {info.Height}."
            : null;
        if (reason is null)
            return codec;
        codec.Dispose();
        throw new ImageException(name, reason);
    }

    /// <summary>The smallest size at which a JPEG's shorter side keeps the given number of pixels.</summary>
    public static SKSizeI Reduced(SKCodec codec, int shortSideAtLeast)
    {
        if (shortSideAtLeast > 0 && codec.EncodedFormat == SKEncodedImageFormat.Jpeg)
        {
            foreach (var reduction in Reductions)
            {
                var size = codec.GetScaledDimensions(reduction);
                if (Math.Min(size.Width, size.Height) >= shortSideAtLeast)
                    return size;
            }
        }
        return codec.Info.Size;
    }

    /// <summary>Why decoding failed.</summary>
    public static string Described(SKCodecResult result, SKEncodedImageFormat format, int length) => result switch
    {
        SKCodecResult.IncompleteInput => $"the {format} image ends early, after {length} bytes.",
        SKCodecResult.ErrorInInput or SKCodecResult.InvalidInput => $"the {format} image is damaged.",
        _ => $"the {format} image cannot be decoded ({result}).",
    };
}
