using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels;

/// <summary>One lane: any processor, and rows shorter than a vector.</summary>
internal readonly unsafe struct Lanes1 : ILanes<float>
{
    public static int Count => 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Load(float* source) => *source;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(float* target, float value) => *target = value;

    public static float Fill(float value) => value;

    public static float Add(float x, float y) => x + y;

    public static float Subtract(float x, float y) => x - y;

    public static float Multiply(float x, float y) => x * y;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyAdd(float x, float y, float z) => float.MultiplyAddEstimate(x, y, z);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Max(float x, float y) => float.MaxNative(x, y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Split(float x, float least, float rounder, out float fraction)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        x = Max(least, x);
        var n = x + rounder;
        fraction = x - (n - rounder);
        return n;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float MultiplyByPower(float x, float n) => BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) + (BitConverter.SingleToInt32Bits(n) << 23));

    /// <summary>Never asked for: a row is a whole number of vectors of one lane.</summary>
    public static float LastLanes(int count) => BitConverter.Int32BitsToSingle(count > 0 ? -1 : 0);

    public static float And(float x, float mask) =>
        BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(x) & BitConverter.SingleToInt32Bits(mask));

    public static double Sum(float x) => x;

    public static float MaxLane(float x) => x;
}
