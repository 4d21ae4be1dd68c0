using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>Four lanes: SSE, NEON, or what the runtime makes of it elsewhere.</summary>
internal readonly unsafe struct Floats128 : ILanes<Vector128<float>>
{
    public static int Count => Vector128<float>.Count;

    public static double Rounder => 12582912;

    public static double LeastPower => -125;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Load(float* source) => Vector128.Load(source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector128<float> value) => Vector128.Store(value, target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fill(double value) => Vector128.Create((float)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Add(Vector128<float> x, Vector128<float> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Subtract(Vector128<float> x, Vector128<float> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Multiply(Vector128<float> x, Vector128<float> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyAdd(Vector128<float> x, Vector128<float> y, Vector128<float> z) =>
        Vector128.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Max(Vector128<float> x, Vector128<float> y) => Vector128.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Split(
        Vector128<float> x, Vector128<float> least, Vector128<float> rounder, out Vector128<float> fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> MultiplyByPower(Vector128<float> x, Vector128<float> n) =>
        (x.AsInt32() + (n.AsInt32() << 23)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> LastLanes(int count) =>
        Vector128.GreaterThanOrEqual(Vector128<int>.Indices, Vector128.Create(Count - count)).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> And(Vector128<float> x, Vector128<float> mask) => x & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector128<float> x)
    {
        var (lower, upper) = Vector128.Widen(x);
        return Vector128.Sum(lower + upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector128<float> x, Vector128<float> y, Vector128<float> z, Vector128<float> w) =>
        Vector256.Create(Sum(x), Sum(y), Sum(z), Sum(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector128<float> x)
    {
        var pair = Max(x, Vector128.Shuffle(x, Vector128.Create(2, 3, 0, 1)));
        return Max(pair, Vector128.Shuffle(pair, Vector128.Create(1, 0, 3, 2))).ToScalar();
    }
}
