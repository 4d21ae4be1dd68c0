using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary>
/// Four lanes of float64, for short rows: few classes do not average out the rounding of float32, and the divergence of close distributions
/// is smaller than it.
/// </summary>
internal readonly unsafe struct Doubles256 : ILanes<Vector256<double>>
{
    public const int MantissaBits = 52;

    public static int Count => Vector256<double>.Count;

    public static double Rounder => 6755399441055744;

    public static double LeastPower => -1000;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Load(float* source)
    {
        var floats = Vector128.Load(source);
        if (Avx.IsSupported)
            return Avx.ConvertToVector256Double(floats);
        var (lower, upper) = Vector128.Widen(floats);
        return Vector256.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector256<double> value) =>
        (Avx.IsSupported ? Avx.ConvertToVector128Single(value) : Vector128.Narrow(value.GetLower(), value.GetUpper())).Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Fill(double value) => Vector256.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Add(Vector256<double> x, Vector256<double> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Subtract(Vector256<double> x, Vector256<double> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Multiply(Vector256<double> x, Vector256<double> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyAdd(Vector256<double> x, Vector256<double> y, Vector256<double> z) =>
        Vector256.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Max(Vector256<double> x, Vector256<double> y) => Vector256.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Split(
        Vector256<double> x, Vector256<double> least, Vector256<double> rounder, out Vector256<double> fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> MultiplyByPower(Vector256<double> x, Vector256<double> n) =>
        (x.AsInt64() + (n.AsInt64() << MantissaBits)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> LastLanes(int count) =>
        Vector256.GreaterThanOrEqual(Vector256<long>.Indices, Vector256.Create((long)(Count - count))).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> And(Vector256<double> x, Vector256<double> mask) => x & mask;

    /// <summary>By halves: the runtime's own sum splits each quarter.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<double> x)
    {
        var half = x.GetLower() + x.GetUpper();
        return half.ToScalar() + half.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector256<double> x, Vector256<double> y, Vector256<double> z, Vector256<double> w)
    {
        if (!Avx.IsSupported)
            return Vector256.Create(Sum(x), Sum(y), Sum(z), Sum(w));
        Vector256<double> xy = Avx.HorizontalAdd(x, y), zw = Avx.HorizontalAdd(z, w);
        return Avx.Permute2x128(xy, zw, 0x20) + Avx.Permute2x128(xy, zw, 0x31);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector256<double> x)
    {
        var half = Vector128.MaxNative(x.GetLower(), x.GetUpper());
        return (float)double.MaxNative(half.ToScalar(), half.GetElement(1));
    }
}
