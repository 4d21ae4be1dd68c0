using System.Buffers;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>A decoded color image in pooled memory, which <see cref="Dispose"/> returns to the pool.</summary>
/// <remarks>A pixel has four bytes: red, green, blue and one unused. Not for use by several threads at once.</remarks>
public sealed class RgbImage : IDisposable
{
    /// <summary>The number of bytes of a pixel.</summary>
    public const int BytesPerPixel = 4;

    /// <summary>The number of color planes of a tensor.</summary>
    public const int Planes = 3;

    private byte[]? memory;

    /// <summary>An image of the given size with undefined content.</summary>
    /// <param name="width">Columns, at least 1.</param>
    /// <param name="height">Rows, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">A side is below 1, or the pixels need more than 2 GB.</exception>
    public RgbImage(int width, int height)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((long)width * height * BytesPerPixel, Array.MaxLength, nameof(height));
        (Width, Height, OriginalWidth, OriginalHeight) = (width, height, width, height);
        memory = ArrayPool<byte>.Shared.Rent(width * height * BytesPerPixel);
    }

    /// <summary>Columns.</summary>
    public int Width { get; }

    /// <summary>Rows.</summary>
    public int Height { get; }

    /// <summary>The width in the file, which exceeds <see cref="Width"/> if the image was decoded at a reduced size.</summary>
    public int OriginalWidth { get; internal init; }

    /// <summary>The height in the file, likewise.</summary>
    public int OriginalHeight { get; internal init; }

    /// <summary>The pixels, <c>[Height, Width, 4]</c>: red, green, blue, undefined.</summary>
    /// <exception cref="ObjectDisposedException">The image has been disposed.</exception>
    public Span<byte> Pixels => Memory.AsSpan(0, Width * Height * BytesPerPixel);

    private byte[] Memory => memory ?? throw new ObjectDisposedException(nameof(RgbImage));

    /// <summary>Copies the pixels plane by plane, as networks take them.</summary>
    /// <param name="planes">uint8 <c>[3, Height, Width]</c>, exactly that many bytes.</param>
    /// <exception cref="ArgumentException">The destination has another length.</exception>
    public void CopyPlanesTo(Span<byte> planes)
    {
        var count = Width * Height;
        if (planes.Length != Planes * count)
            throw new ArgumentException(
                $"Expected room for {Planes} x {Height} x {Width} = {Planes * count} bytes, found {planes.Length}.", nameof(planes));
        ref var source = ref MemoryMarshal.GetReference(Pixels);
        ref var red = ref MemoryMarshal.GetReference(planes);
        ref var green = ref Unsafe.Add(ref red, count);
        ref var blue = ref Unsafe.Add(ref red, 2 * count);
        var byColor = Vector128.Create((byte)0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
        var i = 0;
        for (; i <= count - 4; i += 4)
        {
            var four = Vector128.Shuffle(Vector128.LoadUnsafe(ref source, (nuint)(i * BytesPerPixel)), byColor).AsUInt32();
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref red, i), four.GetElement(0));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref green, i), four.GetElement(1));
            Unsafe.WriteUnaligned(ref Unsafe.Add(ref blue, i), four.GetElement(2));
        }
        for (; i < count; i++)
        {
            Unsafe.Add(ref red, i) = Unsafe.Add(ref source, i * BytesPerPixel);
            Unsafe.Add(ref green, i) = Unsafe.Add(ref source, i * BytesPerPixel + 1);
            Unsafe.Add(ref blue, i) = Unsafe.Add(ref source, i * BytesPerPixel + 2);
        }
    }

    /// <summary>The image as a tensor of its own.</summary>
    /// <returns>uint8 <c>[3, Height, Width]</c> on the CPU, in the caller's dispose scope.</returns>
    public Tensor ToTensor()
    {
        var tensor = empty([Planes, Height, Width], ScalarType.Byte, CPU);
        CopyPlanesTo(tensor.bytes);
        return tensor;
    }

    /// <summary>The image as a PNG file.</summary>
    /// <returns>The bytes of the file.</returns>
    public byte[] ToPng()
    {
        var form = new SKImageInfo(Width, Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        using var image = SKImage.FromPixelCopy(form, Pixels);
        using var png = image.Encode(SKEncodedImageFormat.Png, 100);
        return png.ToArray();
    }

    /// <summary>A copy of a part.</summary>
    /// <param name="region">The part.</param>
    /// <returns>An image of the part's size; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The region reaches beyond the image.</exception>
    public RgbImage Cut(ImageBox region)
    {
        if (!region.IsWithin(Width, Height))
            throw new ArgumentOutOfRangeException(nameof(region), region, $"Expected a box within {Width} x {Height} pixels.");
        var part = new RgbImage(region.Width, region.Height) { OriginalWidth = OriginalWidth, OriginalHeight = OriginalHeight };
        var row = region.Width * BytesPerPixel;
        for (var y = 0; y < region.Height; y++)
            Pixels.Slice(((region.Y + y) * Width + region.X) * BytesPerPixel, row).CopyTo(part.Pixels.Slice(y * row, row));
        return part;
    }

    /// <summary>Returns the memory to the pool.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref memory, null) is { } rented)
            ArrayPool<byte>.Shared.Return(rented);
    }
}
