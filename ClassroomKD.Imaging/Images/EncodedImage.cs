using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>An opened image file of known size, whose pixels are decoded in full or in part on request.</summary>
/// <remarks>It holds the file's content in pooled memory until disposed. Not for use by several threads at once.</remarks>
public sealed class EncodedImage : IDisposable
{
    // The columns beside the region from which libjpeg interpolates the color of the outermost ones.
    private const int Margin = 4;

    private readonly ImageDecoderOptions options;
    private readonly SKData data;
    private readonly SKCodec codec;
    private readonly GifFrame? gif;
    private readonly nint address;
    private readonly int length;
    private readonly FileContent? owned;
    private bool disposed;

    /// <summary>Takes ownership of a file's content.</summary>
    internal EncodedImage(FileContent content, string name, ImageDecoderOptions options)
        : this(name, options, content.Address, content.Bytes) => owned = content;

    /// <summary>Reads bytes that must not move while this object is used.</summary>
    internal EncodedImage(string name, ImageDecoderOptions options, nint address, ReadOnlySpan<byte> bytes)
    {
        (Name, this.options, this.address, length) = (name, options, address, bytes.Length);
        gif = GifFrame.Of(bytes);
        data = gif is null ? SKData.Create(address, length) : gif.Opaque(bytes);
        try
        {
            codec = ImageFormats.Open(data, bytes, name, options.MaximumPixels);
        }
        catch
        {
            data.Dispose();
            throw;
        }
        (Width, Height) = Turned ? (codec.Info.Height, codec.Info.Width) : (codec.Info.Width, codec.Info.Height);
    }

    /// <summary>The image's file or other name.</summary>
    public string Name { get; }

    /// <summary>The number of columns, after <see cref="ImageDecoderOptions.ApplyOrientation"/>.</summary>
    public int Width { get; }

    /// <summary>The number of rows, likewise.</summary>
    public int Height { get; }

    private SKEncodedOrigin Origin => options.ApplyOrientation ? codec.EncodedOrigin : SKEncodedOrigin.TopLeft;

    private bool Turned => Orientation.SwapsSides(Origin);

    /// <summary>Decodes the image.</summary>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">The image is damaged or ends early.</exception>
    public RgbImage Decode()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        var size = ImageFormats.Reduced(codec, options.ShortSideAtLeast);
        return Decoded(size, new SKRectI(0, 0, size.Width, size.Height), Whole);
    }

    /// <summary>Decodes a part of the image, with the same pixels as if it were cut out of the whole.</summary>
    /// <param name="region">The part.</param>
    /// <returns>An image of the part's size; the caller disposes it.</returns>
    /// <remarks>
    /// Of a JPEG only that part is computed, which is much faster. Data below it is not read, so damage there goes unnoticed.
    /// <see cref="ImageDecoderOptions.ShortSideAtLeast"/> has no effect.
    /// </remarks>
    /// <exception cref="ArgumentOutOfRangeException">The region reaches beyond the image.</exception>
    /// <exception cref="ImageException">The image is damaged or ends early.</exception>
    public RgbImage Decode(ImageBox region)
    {
        var image = Containing(region, out var within);
        if (image.Width == within.Width && image.Height == within.Height)
            return image;
        using (image)
            return image.Cut(within);
    }

    /// <summary>Decodes a part of the image and resizes it, as <see cref="ImageResize.Crop"/> does with the whole image.</summary>
    /// <param name="region">The part; pixels outside it have no influence.</param>
    /// <param name="width">The new width, at least 1.</param>
    /// <param name="height">The new height, at least 1.</param>
    /// <returns>A new image; the caller disposes it.</returns>
    /// <remarks>Of a JPEG only that part is computed; see <see cref="Decode(ImageBox)"/>.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The region reaches beyond the image, or a side is below 1.</exception>
    /// <exception cref="ImageException">The image is damaged or ends early.</exception>
    public RgbImage DecodeResized(ImageBox region, int width, int height)
    {
        using var image = Containing(region, out var within);
        return ImageResize.Crop(image, within, width, height);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (disposed)
            return;
        disposed = true;
        codec.Dispose();
        data.Dispose();
        owned?.Dispose();
    }

    /// <summary>Decodes at least a region.</summary>
    private RgbImage Containing(ImageBox region, out ImageBox within)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (!region.IsWithin(Width, Height))
            throw new ArgumentOutOfRangeException(
                nameof(region), region, $"Expected a box within the {Width} x {Height} pixels of {Name}.");
        var full = codec.Info.Size;
        within = region;
        if (codec.EncodedFormat != SKEncodedImageFormat.Jpeg || Origin != SKEncodedOrigin.TopLeft)
            return Decoded(full, new SKRectI(0, 0, full.Width, full.Height), Whole);
        var (left, right) = (Math.Max(region.X - Margin, 0), Math.Min(region.X + region.Width + Margin, full.Width));
        within = region with { X = region.X - left, Y = 0 };
        return Decoded(full, new SKRectI(left, region.Y, right, region.Y + region.Height), Lines);
    }

    private delegate SKCodecResult Reading(SKCodec codec, SKSizeI size, SKRectI part, RgbImage target);

    private RgbImage Decoded(SKSizeI size, SKRectI part, Reading read)
    {
        var image = new RgbImage(part.Width, part.Height) { OriginalWidth = Width, OriginalHeight = Height };
        try
        {
            var result = read(codec, size, part, image);
            if (result != SKCodecResult.Success && codec.EncodedFormat == SKEncodedImageFormat.Jpeg && Unended(size, part, image, read))
                result = SKCodecResult.Success;
            if (result != SKCodecResult.Success)
                throw new ImageException(Name, ImageFormats.Described(result, codec.EncodedFormat, length));
            gif?.Surround(image);
            return Orientation.Apply(image, Origin);
        }
        catch
        {
            image.Dispose();
            throw;
        }
    }

    /// <summary>Decodes a JPEG that lacks nothing but the mark of its end; false if it lacks more.</summary>
    private unsafe bool Unended(SKSizeI size, SKRectI part, RgbImage image, Reading read)
    {
        var encoded = new ReadOnlySpan<byte>((byte*)address, length);
        if (!UnendedJpeg.HasEveryScan(encoded))
            return false;
        using var one = UnendedJpeg.Continued(encoded, 0);
        using var other = UnendedJpeg.Continued(encoded, 1);
        return WholeImage(one, size) is { } first && WholeImage(other, size) is { } second && first.AsSpan().SequenceEqual(second)
            && Read(one, size, part, image, read);
    }

    private static byte[]? WholeImage(SKData encoded, SKSizeI size)
    {
        using var image = new RgbImage(size.Width, size.Height);
        return Read(encoded, size, new SKRectI(0, 0, size.Width, size.Height), image, Whole) ? image.Pixels.ToArray() : null;
    }

    private static bool Read(SKData encoded, SKSizeI size, SKRectI part, RgbImage image, Reading read)
    {
        using var reader = SKCodec.Create(encoded);
        return reader is not null && read(reader, size, part, image) == SKCodecResult.Success;
    }

    // No color space, so that embedded profiles are ignored. Unpremultiplied, so that transparent pixels keep their color.
    private static SKImageInfo Wanted(SKCodec codec, SKSizeI size) =>
        new(size.Width, size.Height, SKColorType.Rgba8888, codec.Info.IsOpaque ? SKAlphaType.Opaque : SKAlphaType.Unpremul);

    private static unsafe SKCodecResult Whole(SKCodec codec, SKSizeI size, SKRectI part, RgbImage target)
    {
        var wanted = Wanted(codec, size);
        fixed (byte* pixels = target.Pixels)
            return codec.GetPixels(wanted, (nint)pixels, wanted.RowBytes, SKCodecOptions.Default);
    }

    private static unsafe SKCodecResult Lines(SKCodec codec, SKSizeI size, SKRectI part, RgbImage target)
    {
        var begun = codec.StartScanlineDecode(Wanted(codec, size), new SKCodecOptions(new SKRectI(part.Left, 0, part.Right, size.Height)));
        if (begun != SKCodecResult.Success)
            return begun;
        if (part.Top > 0 && !codec.SkipScanlines(part.Top))
            return SKCodecResult.IncompleteInput;
        fixed (byte* pixels = target.Pixels)
            return codec.GetScanlines((nint)pixels, part.Height, part.Width * RgbImage.BytesPerPixel) == part.Height
                ? SKCodecResult.Success
                : SKCodecResult.IncompleteInput;
    }
}
