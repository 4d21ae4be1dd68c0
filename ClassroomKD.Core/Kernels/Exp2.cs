using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels;

/// <summary>2^x for x up to 0; for x below -125, 2^-125. NaN stays NaN.</summary>
/// <remarks>
/// 2^x is 2^n 2^f with n the nearest integer. For 2^f stands the polynomial of degree 5 with the least relative error for f from
/// -1/2 to 1/2 (Remez): 7.5e-8, with float32's rounding 2.1e-7. Degree 6 makes that 7.6e-8 and costs a tenth of the time; what
/// rounding a / T beforehand costs tensor operations is more than either.
/// </remarks>
internal static class Exp2<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    private const float Least = -125f;

    /// <summary>1.5 * 2^23: added to x it leaves the nearest integer in the low bits, and taken away again that integer.</summary>
    private const float Rounder = 12582912f;

    private const float C0 = 1.00000012f;
    private const float C1 = 0.693146944f;
    private const float C2 = 0.240221202f;
    private const float C3 = 0.0555071309f;
    private const float C4 = 0.00967554096f;
    private const float C5 = 0.00132764725f;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static TVector Of(TVector a)
    {
        // Of two operands, x86's maximum returns the second if either is NaN.
        a = TLanes.Max(TLanes.Fill(Least), a);
        var n = TLanes.Add(a, TLanes.Fill(Rounder));
        var f = TLanes.Subtract(a, TLanes.Subtract(n, TLanes.Fill(Rounder)));
        var p = TLanes.MultiplyAdd(TLanes.Fill(C5), f, TLanes.Fill(C4));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C3));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C2));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C1));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C0));
        return TLanes.AddToExponent(p, n);
    }

    /// <summary>Two at a time, in step: a processor that looks only so far ahead finds work in the one while it waits for the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (TVector OfA, TVector OfB) Of(TVector a, TVector b)
    {
        a = TLanes.Max(TLanes.Fill(Least), a);
        b = TLanes.Max(TLanes.Fill(Least), b);
        var n = TLanes.Add(a, TLanes.Fill(Rounder));
        var m = TLanes.Add(b, TLanes.Fill(Rounder));
        var f = TLanes.Subtract(a, TLanes.Subtract(n, TLanes.Fill(Rounder)));
        var g = TLanes.Subtract(b, TLanes.Subtract(m, TLanes.Fill(Rounder)));
        var p = TLanes.MultiplyAdd(TLanes.Fill(C5), f, TLanes.Fill(C4));
        var q = TLanes.MultiplyAdd(TLanes.Fill(C5), g, TLanes.Fill(C4));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C3));
        q = TLanes.MultiplyAdd(q, g, TLanes.Fill(C3));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C2));
        q = TLanes.MultiplyAdd(q, g, TLanes.Fill(C2));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C1));
        q = TLanes.MultiplyAdd(q, g, TLanes.Fill(C1));
        p = TLanes.MultiplyAdd(p, f, TLanes.Fill(C0));
        q = TLanes.MultiplyAdd(q, g, TLanes.Fill(C0));
        return (TLanes.AddToExponent(p, n), TLanes.AddToExponent(q, m));
    }
}
