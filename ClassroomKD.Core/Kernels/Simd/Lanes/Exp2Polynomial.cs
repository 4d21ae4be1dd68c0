using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels.Simd;

/// <summary>2^x on any processor; 0 for x up to <see cref="ILanes{TVector}.LeastPower"/>.</summary>
/// <remarks>
/// 2^x is 2^n 2^f with n the nearest integer. 2^f is taken as <c>1 + f p(f)</c>, where p is the polynomial of degree 5 that interpolates
/// (2^f - 1) / f at the Chebyshev nodes of -1/2 to 1/2. Its error is 9.2e-9, well below the rounding of float32. With one degree less the
/// error would be 7.5e-8, always to one side for a given f, and would show in small divergences.
/// </remarks>
internal readonly struct Exp2Polynomial<TLanes, TVector> : IExp2<Exp2Polynomial<TLanes, TVector>, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    private readonly TVector least;
    private readonly TVector nothing;
    private readonly TVector rounder;
    private readonly TVector one;
    private readonly TVector c1;
    private readonly TVector c2;
    private readonly TVector c3;
    private readonly TVector c4;
    private readonly TVector c5;
    private readonly TVector c6;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Exp2Polynomial(float[] constants)
    {
        least = TLanes.Fill(TLanes.LeastPower);
        nothing = TLanes.Fill(Math.Pow(2, TLanes.LeastPower));
        rounder = TLanes.Fill(TLanes.Rounder);
        one = TLanes.Fill(constants[0]);
        c1 = TLanes.Fill(constants[1]);
        c2 = TLanes.Fill(constants[2]);
        c3 = TLanes.Fill(constants[3]);
        c4 = TLanes.Fill(constants[4]);
        c5 = TLanes.Fill(constants[5]);
        c6 = TLanes.Fill(constants[6]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Exp2Polynomial<TLanes, TVector> Create() => new(Exp2Polynomial.Constants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public TVector Of(TVector a)
    {
        var n = TLanes.Split(a, least, rounder, out var f);
        var ff = TLanes.Multiply(f, f);
        var p = TLanes.MultiplyAdd(TLanes.MultiplyAdd(c6, f, c5), ff, TLanes.MultiplyAdd(c4, f, c3));
        p = TLanes.MultiplyAdd(p, ff, TLanes.MultiplyAdd(c2, f, c1));
        return TLanes.Subtract(TLanes.MultiplyByPower(TLanes.MultiplyAdd(p, f, one), n), nothing);
    }

    /// <summary>Two at a time, so that the processor works on one while it waits for the other.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (TVector OfA, TVector OfB) Of(TVector a, TVector b)
    {
        var n = TLanes.Split(a, least, rounder, out var f);
        var m = TLanes.Split(b, least, rounder, out var g);
        TVector ff = TLanes.Multiply(f, f), gg = TLanes.Multiply(g, g);
        var p = TLanes.MultiplyAdd(c6, f, c5);
        var q = TLanes.MultiplyAdd(c6, g, c5);
        var p2 = TLanes.MultiplyAdd(c4, f, c3);
        var q2 = TLanes.MultiplyAdd(c4, g, c3);
        var p3 = TLanes.MultiplyAdd(c2, f, c1);
        var q3 = TLanes.MultiplyAdd(c2, g, c1);
        p = TLanes.MultiplyAdd(p, ff, p2);
        q = TLanes.MultiplyAdd(q, gg, q2);
        p = TLanes.MultiplyAdd(p, ff, p3);
        q = TLanes.MultiplyAdd(q, gg, q3);
        p = TLanes.MultiplyAdd(p, f, one);
        q = TLanes.MultiplyAdd(q, g, one);
        return (TLanes.Subtract(TLanes.MultiplyByPower(p, n), nothing), TLanes.Subtract(TLanes.MultiplyByPower(q, m), nothing));
    }
}

internal static class Exp2Polynomial
{
    /// <summary>1 and the coefficients of p; not literals, so that they are loaded once.</summary>
    public static readonly float[] Constants =
        [1f, 0.693147182f, 0.240226507f, 0.0555035695f, 0.00961808302f, 0.00133908633f, 0.000154531634f];
}
