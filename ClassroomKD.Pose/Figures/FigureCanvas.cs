using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>One generated image in the making. Only operations that IEEE 754 rounds exactly, so no sine, cosine or logarithm.</summary>
internal sealed class FigureCanvas(int width, int height)
{
    private const int Cells = 4;
    private const double Noise = 6;

    private readonly Shade[] pixels = new Shade[width * height];
    private readonly bool[] figure = new bool[width * height];
    private readonly bool[] hidden = new bool[width * height];
    private bool[]? marked;

    /// <summary>A smooth field between two colors.</summary>
    public void PaintBackground(ref SplitMix64 random)
    {
        var (from, to) = (Shade.Any(ref random), Shade.Any(ref random));
        Span<double> nodes = stackalloc double[(Cells + 1) * (Cells + 1)];
        foreach (ref var node in nodes)
            node = random.Unit();
        for (var y = 0; y < height; y++)
        {
            for (var x = 0; x < width; x++)
            {
                var (gx, gy) = (x * (double)Cells / width, y * (double)Cells / height);
                var (cx, cy) = ((int)gx, (int)gy);
                var (fx, fy) = (gx - cx, gy - cy);
                var at = cy * (Cells + 1) + cx;
                var top = nodes[at] + fx * (nodes[at + 1] - nodes[at]);
                var bottom = nodes[at + Cells + 1] + fx * (nodes[at + Cells + 2] - nodes[at + Cells + 1]);
                pixels[y * width + x] = from.Towards(to, top + fy * (bottom - top));
            }
        }
    }

    /// <summary>Begins the figure: what is painted from now on belongs to it.</summary>
    public void BeginFigure() => marked = figure;

    /// <summary>The figure is complete: how many pixels it covers, and within which box.</summary>
    public (int Area, KeypointBox Box) EndFigure()
    {
        marked = null;
        var (area, left, right, top, bottom) = (0, width, 0, height, 0);
        for (var i = 0; i < figure.Length; i++)
        {
            if (!figure[i])
                continue;
            area++;
            var (x, y) = (i % width, i / width);
            (left, right, top, bottom) = (Math.Min(left, x), Math.Max(right, x), Math.Min(top, y), Math.Max(bottom, y));
        }
        return (area, new KeypointBox(left, top, right - left + 1, bottom - top + 1));
    }

    public bool IsHidden(double x, double y) => hidden[(int)(y + .5) * width + (int)(x + .5)];

    /// <summary>A limb with a darker rim, so that limbs of one color can be told apart; a disc where both ends are the same.</summary>
    public void PaintLimb((double X, double Y) from, (double X, double Y) to, double radius, Shade shade) =>
        Fill(from, to, radius, (x, y) => radius - ToSegment(x, y, from, to), shade, rim: 1.2);

    /// <summary>A convex body with rounded corners.</summary>
    public void PaintQuad((double X, double Y)[] corners, double radius, Shade shade)
    {
        (double, double) low = (corners.Min(p => p.X), corners.Min(p => p.Y)), high = (corners.Max(p => p.X), corners.Max(p => p.Y));
        Fill(low, high, radius, (x, y) => radius + Depth(x, y, corners), shade, rim: 1.2);
    }

    /// <summary>Something in front of the figure.</summary>
    public void PaintHiding((double X, double Y) from, (double X, double Y) to, double radius, Shade shade)
    {
        marked = hidden;
        PaintLimb(from, to, radius, shade);
        marked = null;
    }

    /// <summary>Independent noise on every value, nearly Gaussian: the sum of four uniform numbers.</summary>
    public void AddNoise(ref SplitMix64 random)
    {
        for (var i = 0; i < pixels.Length; i++)
            pixels[i] = new Shade(pixels[i].Red + Next(ref random), pixels[i].Green + Next(ref random), pixels[i].Blue + Next(ref random));

        // The sum of four has a deviation of 0.577 of one's range.
        static double Next(ref SplitMix64 random)
        {
            var bits = random.Next();
            return Noise * (((bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48)) / 65536.0 - 2) / 0.577;
        }
    }

    /// <summary>Red, green, blue of each pixel.</summary>
    public byte[] ToBytes()
    {
        var bytes = new byte[3 * pixels.Length];
        for (var i = 0; i < pixels.Length; i++)
        {
            bytes[3 * i] = (byte)Math.Clamp(pixels[i].Red, 0, 255);
            bytes[3 * i + 1] = (byte)Math.Clamp(pixels[i].Green, 0, 255);
            bytes[3 * i + 2] = (byte)Math.Clamp(pixels[i].Blue, 0, 255);
        }
        return bytes;
    }

    private void Fill(
        (double X, double Y) a, (double X, double Y) b, double radius, Func<double, double, double> depth, Shade shade, double rim)
    {
        var (left, right) = Range(a.X, b.X, width);
        var (top, bottom) = Range(a.Y, b.Y, height);
        var dark = shade.Times(.6);
        for (var y = top; y < bottom; y++)
        {
            for (var x = left; x < right; x++)
            {
                var inside = depth(x, y);
                if (inside <= -.5)
                    continue;
                ref var pixel = ref pixels[y * width + x];
                pixel = pixel.Towards(dark.Towards(shade, Math.Clamp(inside / rim, 0, 1)), Math.Min(1, inside + .5));
                if (inside >= 0 && marked is not null)
                    marked[y * width + x] = true;
            }
        }

        (int From, int To) Range(double from, double to, int size) =>
            ((int)Math.Clamp(Math.Min(from, to) - radius - 1, 0, size), (int)Math.Clamp(Math.Max(from, to) + radius + 2, 0, size));
    }

    private static double ToSegment(double x, double y, (double X, double Y) a, (double X, double Y) b)
    {
        var (dx, dy) = (b.X - a.X, b.Y - a.Y);
        var square = dx * dx + dy * dy;
        var t = square == 0 ? 0 : Math.Clamp(((x - a.X) * dx + (y - a.Y) * dy) / square, 0, 1);
        var (ex, ey) = (x - a.X - t * dx, y - a.Y - t * dy);
        return Math.Sqrt(ex * ex + ey * ey);
    }

    // How far inside a convex polygon; outside the negative distance.
    private static double Depth(double x, double y, (double X, double Y)[] corners)
    {
        var (nearest, positive, negative) = (double.MaxValue, false, false);
        for (var i = 0; i < corners.Length; i++)
        {
            var (a, b) = (corners[i], corners[(i + 1) % corners.Length]);
            nearest = Math.Min(nearest, ToSegment(x, y, a, b));
            var side = (b.X - a.X) * (y - a.Y) - (b.Y - a.Y) * (x - a.X);
            positive |= side > 0;
            negative |= side < 0;
        }
        return positive && negative ? -nearest : nearest;
    }
}
