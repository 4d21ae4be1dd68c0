using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels.Simd;

/// <summary>The divergence's inner loops, over the classes of a <see cref="LogitsPair"/>.</summary>
internal static unsafe class DivergenceLoops<TLanes, TVector, TExp2>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
    where TExp2 : struct, IExp2<TExp2, TVector>
{
    /// <summary>Scaled logits above this count as large: their rounding exceeds 1/16.</summary>
    private const float Large = 1 << 20;

    /// <summary>Smaller exponents are taken for this one, whose difference from any other is finite.</summary>
    private const double Least = -1e38;

    public static bool IsLarge(in LogitsPair pair) =>
        Math.Max(Math.Abs(pair.MentorMax * pair.MentorFactor), Math.Abs(pair.StudentMax * pair.StudentFactor)) > Large;

    /// <summary>The powers of the mentor, and of the student too if these are not there yet.</summary>
    /// <returns>
    /// The sums of 2^a, 2^a (a - b), 2^b - 2^a and, if asked for, 2^b; the second is not finite if scaled logits are not.
    /// </returns>
    public static Vector256<double> Powers(ref LogitsPair pair, bool studentToo) =>
        studentToo ? Powers<Yes, No>(ref pair) : Powers<No, No>(ref pair);

    /// <summary>The same for logits of any finite size, with a few more operations for each. Infinite logits give NaN.</summary>
    public static Vector256<double> PowersOfLarge(ref LogitsPair pair) => Powers<Yes, Yes>(ref pair);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> Powers<TStudentToo, TLarge>(ref LogitsPair pair)
        where TStudentToo : struct, IChoice
        where TLarge : struct, IChoice
    {
        var exp2 = TExp2.Create();
        var sums = Vector256<double>.Zero;
        float* mentor = pair.MentorLogits, student = pair.StudentLogits, mentorPowers = pair.MentorPowers,
            studentPowers = pair.StudentPowers;
        TVector mentorFactor = TLanes.Fill(pair.MentorFactor), studentFactor = TLanes.Fill(pair.StudentFactor);
        TVector mentorShift = TLanes.Fill(TLarge.Value ? pair.MentorMax : -pair.MentorMax * pair.MentorFactor);
        TVector studentShift = TLanes.Fill(TLarge.Value ? pair.StudentMax : -pair.StudentMax * pair.StudentFactor);
        TVector p = TLanes.Fill(0), q = p, pd = p, more = p;
        float* next = pair.NextLogits, ahead = mentor + pair.Ahead, fetch = pair.Fetch;
        var classes = pair.Classes;
        var last = classes - TLanes.Count;
        var nextMax = TLanes.Load(next + last);
        var rest = classes % TLanes.Count;
        if (rest != 0)
        {
            var mask = TLanes.LastLanes(rest);
            var a = Exponent<TLarge>(TLanes.Load(mentor + last), mentorFactor, mentorShift);
            var b = Exponent<TLarge>(TLanes.Load(student + last), studentFactor, studentShift);
            p = TLanes.And(exp2.Of(a), mask);
            TLanes.Store(mentorPowers + classes - rest, p);
            var y = TStudentToo.Value ? TLanes.And(exp2.Of(b), mask) : TLanes.Load(studentPowers + classes - rest);
            if (TStudentToo.Value)
                TLanes.Store(studentPowers + classes - rest, q = y);
            pd = TLanes.Multiply(p, TLanes.Subtract(a, b));
            more = TLanes.Subtract(y, p);
        }

        for (var i = 0; i <= last;)
        {
            var end = Math.Min(last, i + ((LogitsRow<TLanes, TVector, TExp2>.VectorsPerSum - 1) * TLanes.Count));
            for (; i <= end; i += TLanes.Count)
            {
                if (Sse.IsSupported)
                {
                    Sse.Prefetch0(ahead + i);
                    Sse.Prefetch0(fetch + i);
                }

                nextMax = TLanes.Max(nextMax, TLanes.Load(next + i));
                var a = Exponent<TLarge>(TLanes.Load(mentor + i), mentorFactor, mentorShift);
                var b = Exponent<TLarge>(TLanes.Load(student + i), studentFactor, studentShift);
                TVector x, y;
                if (TStudentToo.Value)
                {
                    (x, y) = exp2.Of(a, b);
                    TLanes.Store(studentPowers + i, y);
                    q = TLanes.Add(q, y);
                }
                else
                {
                    x = exp2.Of(a);
                    y = TLanes.Load(studentPowers + i);
                }

                TLanes.Store(mentorPowers + i, x);
                p = TLanes.Add(p, x);
                pd = TLanes.MultiplyAdd(x, TLanes.Subtract(a, b), pd);
                more = TLanes.Add(more, TLanes.Subtract(y, x));
            }

            sums += TLanes.Sums(p, pd, more, q);
            p = q = pd = more = TLanes.Fill(0);
        }

        pair.NextMax = TLanes.MaxLane(nextMax);
        return sums;
    }

    /// <summary>The sum over pairs of <c>ofStudent * 2^b + ofMentor * 2^a</c>, added to the gradient if <paramref name="add"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Slopes(float* gradient, LogitsPair* pairs, int count, float* ofStudent, float* ofMentor, bool add)
    {
        var classes = pairs->Classes;
        var last = classes - TLanes.Count;
        var i = 0;
        if (!add)
            TLanes.Store(gradient + last, TLanes.Fill(0));
        for (; i <= last - (3 * TLanes.Count); i += 4 * TLanes.Count)
        {
            TVector g0 = TLanes.Fill(0), g1 = g0, g2 = g0, g3 = g0;
            if (add)
            {
                g0 = TLanes.Load(gradient + i);
                g1 = TLanes.Load(gradient + i + TLanes.Count);
                g2 = TLanes.Load(gradient + i + (2 * TLanes.Count));
                g3 = TLanes.Load(gradient + i + (3 * TLanes.Count));
            }

            for (var k = 0; k < count; k++)
            {
                float* student = pairs[k].StudentPowers + i, mentor = pairs[k].MentorPowers + i;
                TVector plus = TLanes.Fill(ofStudent[k]), minus = TLanes.Fill(ofMentor[k]);
                g0 = TLanes.MultiplyAdd(TLanes.Load(student), plus, g0);
                g1 = TLanes.MultiplyAdd(TLanes.Load(student + TLanes.Count), plus, g1);
                g2 = TLanes.MultiplyAdd(TLanes.Load(student + (2 * TLanes.Count)), plus, g2);
                g3 = TLanes.MultiplyAdd(TLanes.Load(student + (3 * TLanes.Count)), plus, g3);
                g0 = TLanes.MultiplyAdd(TLanes.Load(mentor), minus, g0);
                g1 = TLanes.MultiplyAdd(TLanes.Load(mentor + TLanes.Count), minus, g1);
                g2 = TLanes.MultiplyAdd(TLanes.Load(mentor + (2 * TLanes.Count)), minus, g2);
                g3 = TLanes.MultiplyAdd(TLanes.Load(mentor + (3 * TLanes.Count)), minus, g3);
            }

            TLanes.Store(gradient + i, g0);
            TLanes.Store(gradient + i + TLanes.Count, g1);
            TLanes.Store(gradient + i + (2 * TLanes.Count), g2);
            TLanes.Store(gradient + i + (3 * TLanes.Count), g3);
        }

        for (; i < classes; i += TLanes.Count)
        {
            // An incomplete vector ends where the row ends; its powers are 0 in the lanes that were counted before.
            var at = Math.Min(i, last);
            var g = add || i > last ? TLanes.Load(gradient + at) : TLanes.Fill(0);
            for (var k = 0; k < count; k++)
            {
                g = TLanes.MultiplyAdd(TLanes.Load(pairs[k].StudentPowers + i), TLanes.Fill(ofStudent[k]), g);
                g = TLanes.MultiplyAdd(TLanes.Load(pairs[k].MentorPowers + i), TLanes.Fill(ofMentor[k]), g);
            }

            TLanes.Store(gradient + at, g);
        }
    }

    /// <summary>
    /// Factor and shift in one operation, rounded once. The rounding of the shift itself is common to the row and cancels in the
    /// divergence, but must not take 2^a out of range. For large logits the maximum is therefore subtracted first, and exponents that are
    /// too small are kept finite.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exponent<TLarge>(TVector z, TVector factor, TVector shift)
        where TLarge : struct, IChoice =>
        TLarge.Value
            ? TLanes.MultiplyAdd(z, TLanes.Fill(0), TLanes.Max(TLanes.Fill(Least), TLanes.Multiply(TLanes.Subtract(z, shift), factor)))
            : TLanes.MultiplyAdd(z, factor, shift);
}
