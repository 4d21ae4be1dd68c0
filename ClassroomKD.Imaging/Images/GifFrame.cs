using System.Buffers.Binary;
using System.Runtime.InteropServices;
using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>
/// The first frame of a GIF as Pillow shows it: transparent pixels keep their color, and the canvas around a smaller frame has the
/// transparent color if there is one, else the first of the palette.
/// </summary>
/// <remarks>The canvas' own "background color" is used by nobody: Pillow, as browsers, ignores it.</remarks>
internal sealed class GifFrame
{
    private const int ScreenEnd = 13;
    private const int BytesPerColor = 3;

    private readonly SKRectI frame;
    private readonly uint around;
    private readonly int transparency;   // where the flag is, or -1

    private GifFrame(SKRectI frame, uint around, int transparency) =>
        (this.frame, this.around, this.transparency) = (frame, around, transparency);

    /// <summary>Finds the first frame.</summary>
    /// <returns>Null: this is no GIF, or a damaged one.</returns>
    public static GifFrame? Of(ReadOnlySpan<byte> file)
    {
        if (file.Length < ScreenEnd || !(file.StartsWith("GIF87a"u8) || file.StartsWith("GIF89a"u8)))
            return null;
        var (at, transparency, index) = (ScreenEnd, -1, (byte)0);
        var palette = Palette(file, ref at, file[10]);
        while (at + 10 <= file.Length)
        {
            if (file[at] == ',')
            {
                int Number(ReadOnlySpan<byte> bytes, int place) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[place..]);
                var (left, top) = (Number(file, at + 1), Number(file, at + 3));
                var frame = new SKRectI(left, top, left + Number(file, at + 5), top + Number(file, at + 7));
                var flags = file[at + 9];
                at += 10;
                var own = Palette(file, ref at, flags);
                return new GifFrame(frame, Color(own.IsEmpty ? palette : own, index), transparency);
            }
            if (file[at] != '!')
                return null;
            // A graphic control extension: four bytes with the flag in the first and the color in the last.
            if (file[at + 1] == 0xF9 && file[at + 2] == 4)
                (transparency, index) = (file[at + 3] & 1) == 1 ? (at + 3, file[at + 6]) : (-1, (byte)0);
            at += 2;
            while (at < file.Length && file[at] != 0)
                at += file[at] + 1;
            at++;
        }
        return null;
    }

    /// <summary>The file without its transparent color, of which Skia would make black; the caller disposes it.</summary>
    public SKData Opaque(ReadOnlySpan<byte> file)
    {
        var data = SKData.CreateCopy(file);
        if (transparency >= 0)
            Marshal.WriteByte(data.Data, transparency, (byte)(file[transparency] & ~1));
        return data;
    }

    /// <summary>Fills the canvas around the frame.</summary>
    public void Surround(RgbImage image)
    {
        var pixels = MemoryMarshal.Cast<byte, uint>(image.Pixels);
        for (var y = 0; y < image.Height; y++)
        {
            var row = pixels.Slice(y * image.Width, image.Width);
            if (y < frame.Top || y >= frame.Bottom)
            {
                row.Fill(around);
                continue;
            }
            row[..Math.Min(frame.Left, row.Length)].Fill(around);
            row[Math.Min(frame.Right, row.Length)..].Fill(around);
        }
    }

    private static ReadOnlySpan<byte> Palette(ReadOnlySpan<byte> file, ref int at, byte flags)
    {
        if ((flags & 0x80) == 0)
            return [];
        var start = Math.Min(at, file.Length);
        at += BytesPerColor * (2 << (flags & 7));
        return file[start..Math.Min(at, file.Length)];
    }

    // Without a palette, an index is a shade of gray.
    private static uint Color(ReadOnlySpan<byte> palette, byte index)
    {
        var place = index * BytesPerColor;
        ReadOnlySpan<byte> color =
            palette.IsEmpty ? [index, index, index] : place + BytesPerColor <= palette.Length ? palette[place..] : [0, 0, 0];
        return MemoryMarshal.Read<uint>([color[0], color[1], color[2], 0xFF]);
    }
}
