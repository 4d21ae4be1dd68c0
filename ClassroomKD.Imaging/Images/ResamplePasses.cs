using System.Runtime.Intrinsics;

namespace ClassroomKD.Imaging;

/// <summary>The two passes of a separable filter over pixels of four bytes, each rounded to bytes.</summary>
internal static unsafe class ResamplePasses
{
    private const int Half = 1 << (FilterWeights.Bits - 1);

    /// <summary>Filters along rows: as many rows as the target has, from row <paramref name="top"/> of the source on.</summary>
    public static void Horizontal(RgbImage source, int left, int top, in FilterWeights weights, RgbImage target)
    {
        fixed (byte* sources = source.Pixels, targets = target.Pixels)
        fixed (int* table = weights.Table)
        {
            var to = (uint*)targets;
            for (var y = 0; y < target.Height; y++)
            {
                var row = (uint*)sources + (long)(top + y) * source.Width + left;
                var entry = table;
                for (var x = 0; x < target.Width; x++, entry += weights.Stride)
                    *to++ = Pixel(row + entry[0], entry + 2, entry[1]);
            }
        }
    }

    /// <summary>Filters along columns; the source's first row is row <paramref name="first"/> of what the weights count.</summary>
    public static void Vertical(RgbImage source, int first, in FilterWeights weights, RgbImage target)
    {
        var stride = source.Width * RgbImage.BytesPerPixel;
        fixed (byte* sources = source.Pixels, targets = target.Pixels)
        {
            for (var y = 0; y < target.Height; y++)
            {
                var taps = weights.Of(y);
                var from = sources + (long)(weights.First(y) - first) * stride;
                var to = targets + (long)y * stride;
                var at = 0;
                fixed (int* weight = taps)
                {
                    for (; at <= stride - 16; at += 16)
                        SixteenBytes(from + at, stride, weight, taps.Length).Store(to + at);
                    for (; at < stride; at += 4)
                        *(uint*)(to + at) = OnePixel(from + at, stride, weight, taps.Length);
                }
            }
        }
    }

    private static uint Pixel(uint* from, int* weight, int taps)
    {
        var sum = Vector128.Create(Half);
        for (var tap = 0; tap < taps; tap++)
            sum += Widened(from[tap]) * Vector128.Create(weight[tap]);
        return Narrowed(sum);
    }

    private static uint OnePixel(byte* from, int stride, int* weight, int taps)
    {
        var sum = Vector128.Create(Half);
        for (var tap = 0; tap < taps; tap++, from += stride)
            sum += Widened(*(uint*)from) * Vector128.Create(weight[tap]);
        return Narrowed(sum);
    }

    private static Vector128<byte> SixteenBytes(byte* from, int stride, int* weight, int taps)
    {
        var half = Vector256.Create(Half);
        var (low, high) = (half, half);
        for (var tap = 0; tap < taps; tap++, from += stride)
        {
            var factor = Vector256.Create(weight[tap]);
            var (first, second) = Vector256.Widen(Vector256.WidenLower(Vector128.Load(from).ToVector256Unsafe()));
            low += first.AsInt32() * factor;
            high += second.AsInt32() * factor;
        }
        var words = Vector256.Narrow(Shifted(low), Shifted(high)).AsUInt16();
        return Vector128.Narrow(words.GetLower(), words.GetUpper());
    }

    private static Vector256<int> Shifted(Vector256<int> sum) =>
        Vector256.Min(Vector256.ShiftRightArithmetic(sum, FilterWeights.Bits), Vector256.Create(255));

    private static Vector128<int> Widened(uint pixel) =>
        Vector128.WidenLower(Vector128.WidenLower(Vector128.CreateScalarUnsafe(pixel).AsByte())).AsInt32();

    // Weights are not negative and sum to 2^22 up to rounding, so only the upper end can overflow.
    private static uint Narrowed(Vector128<int> sum)
    {
        var values = Vector128.Min(Vector128.ShiftRightArithmetic(sum, FilterWeights.Bits), Vector128.Create(255)).AsUInt32();
        var words = Vector128.Narrow(values, values);
        return Vector128.Narrow(words, words).AsUInt32().ToScalar();
    }
}
