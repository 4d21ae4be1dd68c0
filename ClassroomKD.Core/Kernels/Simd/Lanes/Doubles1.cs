using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>One lane, of float64: any processor, and rows shorter than a vector.</summary>
internal readonly unsafe struct Doubles1 : ILanes<double>
{
    public static int Count => 1;

    public static double Rounder => Doubles256.Rounder;

    public static double LeastPower => Doubles256.LeastPower;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, double value) => *target = (float)value;

    public static double Fill(double value) => value;

    public static double Add(double x, double y) => x + y;

    public static double Subtract(double x, double y) => x - y;

    public static double Multiply(double x, double y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MultiplyAdd(double x, double y, double z) => double.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Max(double x, double y) => double.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double Split(double x, double least, double rounder, out double fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static double MultiplyByPower(double x, double n) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) + (BitConverter.DoubleToInt64Bits(n) << Doubles256.MantissaBits));

    /// <summary>Never used: a row is a whole number of vectors of one lane.</summary>
    public static double LastLanes(int count) => BitConverter.Int64BitsToDouble(count > 0 ? -1 : 0);

    public static double And(double x, double mask) =>
        BitConverter.Int64BitsToDouble(BitConverter.DoubleToInt64Bits(x) & BitConverter.DoubleToInt64Bits(mask));

    public static double Sum(double x) => x;

    public static Vector256<double> Sums(double x, double y, double z, double w) => Vector256.Create(x, y, z, w);

    public static float MaxLane(double x) => (float)x;
}
