using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>
/// The vector operations a kernel is written in, for one width. The kernel's code is generic over it, so that every width, one lane
/// included, runs the same algorithm.
/// </summary>
internal unsafe interface ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>How many numbers a vector holds.</summary>
    static abstract int Count { get; }

    /// <summary>1.5 times two to the number of mantissa bits: x plus it holds the nearest integer in its low bits.</summary>
    static abstract double Rounder { get; }

    /// <summary>The smallest power of two that <see cref="MultiplyByPower"/> makes: negligible in a sum.</summary>
    static abstract double LeastPower { get; }

    static abstract TVector Load(float* source);

    static abstract void Store(float* target, TVector value);

    static abstract TVector Fill(double value);

    static abstract TVector Add(TVector x, TVector y);

    static abstract TVector Subtract(TVector x, TVector y);

    static abstract TVector Multiply(TVector x, TVector y);

    /// <summary><c>x * y + z</c>, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector x, TVector y, TVector z);

    /// <summary>The larger one. The result for NaN depends on the processor.</summary>
    static abstract TVector Max(TVector x, TVector y);

    /// <summary>The integer n nearest to x, in a form that <see cref="MultiplyByPower"/> takes, and x - n.</summary>
    /// <param name="x">No more than a little above 0, or NaN.</param>
    /// <param name="least"><see cref="LeastPower"/>: what smaller x are taken for.</param>
    /// <param name="rounder"><see cref="Rounder"/>.</param>
    /// <param name="fraction">x - n, from -1/2 to 1/2.</param>
    static abstract TVector Split(TVector x, TVector least, TVector rounder, out TVector fraction);

    /// <summary><c>x 2^n</c></summary>
    static abstract TVector MultiplyByPower(TVector x, TVector n);

    /// <summary>All bits set in the last <paramref name="count"/> lanes, none in the others.</summary>
    static abstract TVector LastLanes(int count);

    static abstract TVector And(TVector x, TVector mask);

    /// <summary>The sum of all lanes, in float64.</summary>
    static abstract double Sum(TVector x);

    /// <summary>The same of four vectors at once.</summary>
    static abstract Vector256<double> Sums(TVector x, TVector y, TVector z, TVector w);

    static abstract float MaxLane(TVector x);
}
