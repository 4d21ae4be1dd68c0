using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>The outline of an object.</summary>
internal enum Shape
{
    Disc,
    Square,
    Triangle,
    Cross,
    Ring,
}

/// <summary>The filling of an object.</summary>
internal enum Texture
{
    Stripes,
    Spots,
    Plain,
}

/// <summary>A color image under construction, drawn with operations that IEEE 754 rounds exactly: no sine, cosine or logarithm.</summary>
internal sealed class SceneCanvas
{
    public const int Side = 32;
    public const int Planes = 3;
    public const int Pixels = Planes * Side * Side;
    private const int NoiseCells = 4;
    private const double NoiseAmplitude = 12;

    /// <summary>Each shape tends slightly to a color of its own: the first, weak hint that a network finds.</summary>
    private const double TintShare = 0.3;

    private static readonly Color[] Tints = [new(255, 60, 60), new(60, 255, 60), new(80, 80, 255), new(255, 255, 60), new(60, 255, 255)];

    private readonly double[] values = new double[Pixels];

    /// <summary>A smooth field between two colors.</summary>
    public void PaintBackground(ref SplitMix64 random)
    {
        var (from, to) = (Color.Between(ref random, 0, 140), Color.Between(ref random, 0, 140));
        Span<double> grid = stackalloc double[(NoiseCells + 1) * (NoiseCells + 1)];
        foreach (ref var node in grid)
            node = random.Unit();
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (gx, gy) = (x * (double)NoiseCells / Side, y * (double)NoiseCells / Side);
                var (cx, cy) = ((int)gx, (int)gy);
                var (fx, fy) = (gx - cx, gy - cy);
                var corner = cy * (NoiseCells + 1) + cx;
                var top = grid[corner] + fx * (grid[corner + 1] - grid[corner]);
                var below = corner + NoiseCells + 1;
                var bottom = grid[below] + fx * (grid[below + 1] - grid[below]);
                Set(x, y, from.Towards(to, top + fy * (bottom - top)));
            }
        }
    }

    /// <summary>A shape with a texture in random colors, at a random angle, squeezed by up to a fifth.</summary>
    public void PaintPatch(ref SplitMix64 random, Shape shape, Texture texture, double radius, double centerX, double centerY)
    {
        var (paper, ink) = (Color.Between(ref random, 40, 130), Color.Between(ref random, 150, 255).Towards(Tints[(int)shape], TintShare));
        var (cos, sin) = Lean(ref random);
        var (textureCos, textureSin) = Direction(ref random);
        var squeeze = random.Between(0.8, 1);
        var period = random.Between(4, 6);
        var (shiftP, shiftQ) = (random.Between(0, 8), random.Between(0, 8));
        for (var y = 0; y < Side; y++)
        {
            for (var x = 0; x < Side; x++)
            {
                var (dx, dy) = (x - centerX, y - centerY);
                var (u, v) = ((cos * dx + sin * dy) / radius, (cos * dy - sin * dx) / (radius * squeeze));
                if (!Inside(shape, u, v))
                    continue;
                var p = Fraction((textureCos * dx + textureSin * dy + shiftP) / period);
                var q = Fraction((textureCos * dy - textureSin * dx + shiftQ) / period);
                Set(x, y, Inked(texture, p, q) ? ink : paper);
            }
        }
    }

    /// <summary>A plain bar across the image, hiding part of what lies below.</summary>
    public void PaintBar(ref SplitMix64 random)
    {
        var color = Color.Between(ref random, 60, 220);
        var (cos, sin) = Direction(ref random);
        var (offset, halfWidth) = (random.Between(-8, 8), random.Between(0.8, 2.2));
        for (var y = 0; y < Side; y++)
            for (var x = 0; x < Side; x++)
                if (Math.Abs(cos * (x - 15.5) + sin * (y - 15.5) - offset) < halfWidth)
                    Set(x, y, color);
    }

    /// <summary>Independent noise on every value, nearly Gaussian: the sum of four uniform numbers.</summary>
    public void AddNoise(ref SplitMix64 random)
    {
        foreach (ref var value in values.AsSpan())
        {
            var bits = random.Next();
            var sum = (bits & 0xFFFF) + ((bits >> 16) & 0xFFFF) + ((bits >> 32) & 0xFFFF) + (bits >> 48);
            // The sum of four has a deviation of 0.577 of one's range.
            value += NoiseAmplitude * (sum / 65536.0 - 2) / 0.577;
        }
    }

    /// <summary>Writes the image as bytes, plane by plane.</summary>
    public void CopyTo(Span<byte> bytes)
    {
        for (var i = 0; i < Pixels; i++)
            bytes[i] = (byte)Math.Clamp(values[i], 0, 255);
    }

    private static bool Inside(Shape shape, double u, double v) => shape switch
    {
        Shape.Disc => u * u + v * v < 0.75,
        Shape.Square => Math.Max(Math.Abs(u), Math.Abs(v)) < 0.76,
        Shape.Triangle => v > -0.5 && 0.8660254037844386 * Math.Abs(u) + 0.5 * v < 0.5,
        Shape.Cross => Math.Min(Math.Abs(u), Math.Abs(v)) < 0.34 && Math.Max(Math.Abs(u), Math.Abs(v)) < 0.95,
        _ => u * u + v * v is > 0.22 and < 0.95,
    };

    private static bool Inked(Texture texture, double p, double q) => texture switch
    {
        Texture.Stripes => p < 0.6,
        Texture.Spots => (p - 0.5) * (p - 0.5) + (q - 0.5) * (q - 0.5) < 0.09,
        _ => true,
    };

    private static double Fraction(double value) => value - Math.Floor(value);

    /// <summary>Cosine and sine of a uniform angle: a point of the unit disc, divided by its distance.</summary>
    private static (double Cos, double Sin) Direction(ref SplitMix64 random)
    {
        while (true)
        {
            var (x, y) = (random.Between(-1, 1), random.Between(-1, 1));
            var square = x * x + y * y;
            if (square is > 0.01 and < 1)
                return (x / Math.Sqrt(square), y / Math.Sqrt(square));
        }
    }

    /// <summary>Cosine and sine of an angle of up to 27 degrees either way.</summary>
    private static (double Cos, double Sin) Lean(ref SplitMix64 random)
    {
        var tangent = random.Between(-0.5, 0.5);
        var length = Math.Sqrt(1 + tangent * tangent);
        return (1 / length, tangent / length);
    }

    private void Set(int x, int y, Color color)
    {
        var at = y * Side + x;
        (values[at], values[at + Side * Side], values[at + 2 * Side * Side]) = (color.Red, color.Green, color.Blue);
    }

    /// <summary>A color, each part 0 to 255.</summary>
    private readonly record struct Color(double Red, double Green, double Blue)
    {
        public static Color Between(ref SplitMix64 random, double low, double high) =>
            new(random.Between(low, high), random.Between(low, high), random.Between(low, high));

        public Color Towards(Color other, double share) =>
            new(Red + share * (other.Red - Red), Green + share * (other.Green - Green), Blue + share * (other.Blue - Blue));
    }
}
