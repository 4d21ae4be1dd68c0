using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>The sums of a row for up to eight mentors, and what follows from them in a few instructions for all.</summary>
internal unsafe struct DivergenceSums
{
    public const int Most = 8;

    private const double Ln2 = 0.693147180559945309;

    /// <summary>Sum of 2^b, of 2^a, of 2^a (a - b), and of 2^b - 2^a.</summary>
    public fixed double Student[Most];
    public fixed double Mentor[Most];
    public fixed double Cross[Most];
    public fixed double Excess[Most];

    /// <summary>The factor of a divergence in the loss, and of a difference of probabilities in the gradient.</summary>
    public fixed double Gain[Most];
    public fixed double Slope[Most];

    /// <summary>The divergences times <see cref="Gain"/>, and the factors of 2^b and 2^a in the gradient.</summary>
    public fixed double Share[Most];
    public fixed float OfStudent[Most];
    public fixed float OfMentor[Most];

    /// <summary>Sums with finite results, for the places that no mentor takes.</summary>
    public static DivergenceSums OfNothing
    {
        get
        {
            var sums = default(DivergenceSums);
            for (var k = 0; k < Most; k++)
                (sums.Student[k], sums.Mentor[k]) = (1, 1);
            return sums;
        }
    }

    /// <summary>Finds the last three from the others.</summary>
    /// <remarks>
    /// The Kullback-Leibler divergence of the softmax distributions is <c>ln 2 * Cross / Mentor + ln(Student / Mentor)</c>. At high
    /// temperatures that is a small difference of large terms. Where the distributions are close, the ratio of the sums is therefore
    /// computed from the sum of the differences: <c>Student = Mentor + Excess</c>.
    /// </remarks>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Finish(DivergenceSums* sums)
    {
        Vector512<double> student = Vector512.Load(sums->Student), mentor = Vector512.Load(sums->Mentor),
            slope = Vector512.Load(sums->Slope);
        var excess = Vector512.Load(sums->Excess) / mentor;
        var close = Vector512.LessThan(Vector512.Abs(excess), Vector512.Create(0.5));
        var ratio = Vector512.ConditionalSelect(close, Vector512<double>.One + excess, student / mentor);
        var divergence = (Vector512.Load(sums->Cross) / mentor * Ln2) + Vector512.Log(ratio);
        Vector512.Store(Vector512.Load(sums->Gain) * divergence, sums->Share);
        var factors = Vector512.Narrow(slope / student, -slope / mentor);
        Vector256.Store(factors.GetLower(), sums->OfStudent);
        Vector256.Store(factors.GetUpper(), sums->OfMentor);
    }
}
