using System.Runtime.InteropServices;
using SkiaSharp;

namespace ClassroomKD.Imaging;

/// <summary>Turns and mirrors an image by its EXIF orientation (tag 0x0112, values 1 to 8).</summary>
internal static class Orientation
{
    /// <summary>Whether width and height change places.</summary>
    public static bool SwapsSides(SKEncodedOrigin origin) =>
        origin is SKEncodedOrigin.LeftTop or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom or SKEncodedOrigin.LeftBottom;

    /// <summary>Returns the upright image; the stored one is disposed unless it is upright already.</summary>
    public static RgbImage Apply(RgbImage stored, SKEncodedOrigin origin)
    {
        if (origin == SKEncodedOrigin.TopLeft)
            return stored;
        var swaps = SwapsSides(origin);
        var upright = new RgbImage(swaps ? stored.Height : stored.Width, swaps ? stored.Width : stored.Height)
        {
            OriginalWidth = stored.OriginalWidth,
            OriginalHeight = stored.OriginalHeight,
        };
        // The name gives the sides of the upright image that row 0 and column 0 of the stored image belong to.
        var (fromRight, fromBottom) = (
            origin is SKEncodedOrigin.TopRight or SKEncodedOrigin.BottomRight or SKEncodedOrigin.RightTop or SKEncodedOrigin.RightBottom,
            origin is SKEncodedOrigin.BottomRight or SKEncodedOrigin.BottomLeft or SKEncodedOrigin.RightBottom
                or SKEncodedOrigin.LeftBottom);
        var source = MemoryMarshal.Cast<byte, uint>(stored.Pixels);
        var target = MemoryMarshal.Cast<byte, uint>(upright.Pixels);
        for (var y = 0; y < upright.Height; y++)
        {
            for (var x = 0; x < upright.Width; x++)
            {
                var (across, down) = (fromRight ? upright.Width - 1 - x : x, fromBottom ? upright.Height - 1 - y : y);
                target[y * upright.Width + x] = swaps ? source[across * stored.Width + down] : source[down * stored.Width + across];
            }
        }
        stored.Dispose();
        return upright;
    }
}
