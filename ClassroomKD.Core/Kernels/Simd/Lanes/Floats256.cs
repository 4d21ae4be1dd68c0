using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>Eight lanes: AVX2.</summary>
internal readonly unsafe struct Floats256 : ILanes<Vector256<float>>
{
    public static int Count => Vector256<float>.Count;

    public static double Rounder => 12582912;

    public static double LeastPower => -125;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Load(float* source) => Vector256.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector256<float> value) => Vector256.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Fill(double value) => Vector256.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Add(Vector256<float> x, Vector256<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Subtract(Vector256<float> x, Vector256<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Multiply(Vector256<float> x, Vector256<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyAdd(Vector256<float> x, Vector256<float> y, Vector256<float> z) =>
        Vector256.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Max(Vector256<float> x, Vector256<float> y) => Vector256.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> Split(
        Vector256<float> x, Vector256<float> least, Vector256<float> rounder, out Vector256<float> fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> MultiplyByPower(Vector256<float> x, Vector256<float> n) =>
        (x.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> LastLanes(int count) =>
        Vector256.GreaterThanOrEqual(Vector256<int>.Indices, Vector256.Create(Count - count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<float> And(Vector256<float> x, Vector256<float> mask) => x & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector256<float> x) => Doubles256.Sum(Halved(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector256<float> x, Vector256<float> y, Vector256<float> z, Vector256<float> w) =>
        Doubles256.Sums(Halved(x), Halved(y), Halved(z), Halved(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector256<float> x) => Floats128.MaxLane(Floats128.Max(x.GetLower(), x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Halved(Vector256<float> x)
    {
        var (lower, upper) = Vector256.Widen(x);
        return lower + upper;
    }
}
