using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>Sixteen lanes: AVX-512.</summary>
internal readonly unsafe struct Floats512 : ILanes<Vector512<float>>
{
    public static int Count => Vector512<float>.Count;

    public static double Rounder => 12582912;

    public static double LeastPower => -125;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Load(float* source) => Vector512.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector512<float> value) => Vector512.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Fill(double value) => Vector512.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Add(Vector512<float> x, Vector512<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Subtract(Vector512<float> x, Vector512<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Multiply(Vector512<float> x, Vector512<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyAdd(Vector512<float> x, Vector512<float> y, Vector512<float> z) =>
        Vector512.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Max(Vector512<float> x, Vector512<float> y) => Vector512.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> Split(
        Vector512<float> x, Vector512<float> least, Vector512<float> rounder, out Vector512<float> fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> MultiplyByPower(Vector512<float> x, Vector512<float> n) =>
        (x.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> LastLanes(int count) =>
        Vector512.GreaterThanOrEqual(Vector512<int>.Indices, Vector512.Create(Count - count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<float> And(Vector512<float> x, Vector512<float> mask) => x & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<float> x) => Doubles256.Sum(Halved(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector512<float> x, Vector512<float> y, Vector512<float> z, Vector512<float> w) =>
        Doubles256.Sums(Halved(x), Halved(y), Halved(z), Halved(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector512<float> x) => Floats256.MaxLane(Floats256.Max(x.GetLower(), x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Halved(Vector512<float> x)
    {
        var (lower, upper) = Vector512.Widen(x);
        var sum = lower + upper;
        return sum.GetLower() + sum.GetUpper();
    }
}
