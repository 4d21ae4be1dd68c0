using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary>Eight lanes of float64, for short rows (<see cref="Doubles256"/>).</summary>
internal readonly unsafe struct Doubles512 : ILanes<Vector512<double>>
{
    public static int Count => Vector512<double>.Count;

    public static double Rounder => Doubles256.Rounder;

    public static double LeastPower => Doubles256.LeastPower;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Load(float* source)
    {
        var floats = Vector256.Load(source);
        if (Avx512F.IsSupported)
            return Avx512F.ConvertToVector512Double(floats);
        var (lower, upper) = Vector256.Widen(floats);
        return Vector512.Create(lower, upper);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, Vector512<double> value) =>
        (Avx512F.IsSupported ? Avx512F.ConvertToVector256Single(value) : Vector256.Narrow(value.GetLower(), value.GetUpper()))
            .Store(target);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Fill(double value) => Vector512.Create(value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Add(Vector512<double> x, Vector512<double> y) => x + y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Subtract(Vector512<double> x, Vector512<double> y) => x - y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Multiply(Vector512<double> x, Vector512<double> y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyAdd(Vector512<double> x, Vector512<double> y, Vector512<double> z) =>
        Vector512.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Max(Vector512<double> x, Vector512<double> y) => Vector512.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> Split(
        Vector512<double> x, Vector512<double> least, Vector512<double> rounder, out Vector512<double> fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> MultiplyByPower(Vector512<double> x, Vector512<double> n) =>
        (x.AsInt64() + (n.AsInt64() << Doubles256.MantissaBits)).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> LastLanes(int count) =>
        Vector512.GreaterThanOrEqual(Vector512<long>.Indices, Vector512.Create((long)(Count - count))).AsDouble();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<double> And(Vector512<double> x, Vector512<double> mask) => x & mask;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Sum(Vector512<double> x) => Doubles256.Sum(Halved(x));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<double> Sums(Vector512<double> x, Vector512<double> y, Vector512<double> z, Vector512<double> w) =>
        Doubles256.Sums(Halved(x), Halved(y), Halved(z), Halved(w));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MaxLane(Vector512<double> x) => Doubles256.MaxLane(Vector256.MaxNative(x.GetLower(), x.GetUpper()));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<double> Halved(Vector512<double> x) => x.GetLower() + x.GetUpper();
}
