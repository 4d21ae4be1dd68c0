using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary>2^x with AVX-512, in two thirds of the polynomial's work; 0 below -150.</summary>
/// <remarks>
/// 2^x is 2^n 2^f with n the nearest multiple of 1/32: the fraction of 2^n is one of 32 floats, which two vectors hold; one instruction
/// looks it up and another scales by the power of two. 2^f, with |f| up to 1/64, is taken as <c>1 + f (c1 + f c2)</c>; the error, up to
/// 5.3e-8, is odd in f and averages out over many logits.
/// </remarks>
internal readonly struct Exp2Table : IExp2<Exp2Table, Vector512<float>>
{
    private const int Fractions = 32;

    private static readonly float[] Powers = [.. Enumerable.Range(0, Fractions).Select(k => (float)Math.Pow(2, k / (double)Fractions))];

    /// <summary>1.5 * 2^23 / 32, which added to x leaves n in the low bits, its fraction lowest; and the two coefficients.</summary>
    private static readonly float[] Constants = [393216f, 0.6931573f, 0.2402285f];

    private readonly Vector512<float> lower;
    private readonly Vector512<float> upper;
    private readonly Vector512<float> rounder;
    private readonly Vector512<float> c1;
    private readonly Vector512<float> c2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private Exp2Table(float[] powers, float[] constants)
    {
        lower = Vector512.LoadUnsafe(ref powers[0]);
        upper = Vector512.LoadUnsafe(ref powers[Vector512<float>.Count]);
        rounder = Vector512.Create(constants[0]);
        c1 = Vector512.Create(constants[1]);
        c2 = Vector512.Create(constants[2]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Exp2Table Create() => new(Powers, Constants);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Vector512<float> Of(Vector512<float> a)
    {
        var shifted = a + rounder;
        var n = shifted - rounder;
        var f = a - n;
        var power = Avx512F.PermuteVar16x32x2(lower, shifted.AsInt32(), upper);
        var p = Avx512F.FusedMultiplyAdd(c2, f, c1);
        return Avx512F.Scale(Avx512F.FusedMultiplyAdd(power * f, p, power), n);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public (Vector512<float> OfA, Vector512<float> OfB) Of(Vector512<float> a, Vector512<float> b)
    {
        Vector512<float> shiftedA = a + rounder, shiftedB = b + rounder;
        Vector512<float> n = shiftedA - rounder, m = shiftedB - rounder;
        Vector512<float> f = a - n, g = b - m;
        var power = Avx512F.PermuteVar16x32x2(lower, shiftedA.AsInt32(), upper);
        var other = Avx512F.PermuteVar16x32x2(lower, shiftedB.AsInt32(), upper);
        var p = Avx512F.FusedMultiplyAdd(c2, f, c1);
        var q = Avx512F.FusedMultiplyAdd(c2, g, c1);
        return (
            Avx512F.Scale(Avx512F.FusedMultiplyAdd(power * f, p, power), n),
            Avx512F.Scale(Avx512F.FusedMultiplyAdd(other * g, q, other), m));
    }
}
