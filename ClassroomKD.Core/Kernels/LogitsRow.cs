using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels;

/// <summary>The inner loops, over the classes of one row, which has at least as many classes as a vector has lanes.</summary>
/// <remarks>
/// A last, incomplete vector is read so that it ends where the row ends: nothing beyond is touched, and the lanes that were counted
/// before are masked out.
/// </remarks>
internal static unsafe class LogitsRow<TLanes, TVector, TExp2>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
    where TExp2 : struct, IExp2<TExp2, TVector>
{
    /// <summary>So many vectors are summed in float32 lanes before the sum moves on to float64.</summary>
    private const int VectorsPerSum = 64;

    private const double Log2E = 1.44269504088896341;

    /// <summary>Scaled logits above this count as large: their rounding exceeds 1/16.</summary>
    private const float Large = 1 << 20;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* logits, int classes)
    {
        var last = classes - TLanes.Count;
        TVector max = TLanes.Load(logits + last), second = max, third = max, fourth = max;
        var i = 0;

        // Four at a time: each waits for its own last one only.
        for (; i < last - (3 * TLanes.Count); i += 4 * TLanes.Count)
        {
            max = TLanes.Max(max, TLanes.Load(logits + i));
            second = TLanes.Max(second, TLanes.Load(logits + i + TLanes.Count));
            third = TLanes.Max(third, TLanes.Load(logits + i + (2 * TLanes.Count)));
            fourth = TLanes.Max(fourth, TLanes.Load(logits + i + (3 * TLanes.Count)));
        }

        for (; i < last; i += TLanes.Count)
            max = TLanes.Max(max, TLanes.Load(logits + i));
        return TLanes.MaxLane(TLanes.Max(TLanes.Max(max, second), TLanes.Max(third, fourth)));
    }

    /// <summary>The largest logit, and whether all are finite; if they are not, the maximum may be anything.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* logits, int classes, out bool finite)
    {
        var last = classes - TLanes.Count;
        TVector max = TLanes.Load(logits + last), zero = TLanes.Fill(0);
        var nothing = TLanes.Multiply(max, zero);
        for (var i = 0; i < last; i += TLanes.Count)
        {
            var z = TLanes.Load(logits + i);
            max = TLanes.Max(max, z);

            // 0 for a finite number, NaN for any other.
            nothing = TLanes.MultiplyAdd(z, zero, nothing);
        }

        finite = TLanes.Sum(nothing) == 0;
        return TLanes.MaxLane(max);
    }

    /// <summary>Sum of <c>exp(z - max)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static double SumOfExponentials(float* logits, float max, int classes)
    {
        var exp2 = TExp2.Create();
        TVector factor = TLanes.Fill(Log2E), top = TLanes.Fill(max);
        var last = classes - TLanes.Count;
        var (sum, i) = (0.0, 0);
        while (i <= last)
        {
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
            TVector even = TLanes.Fill(0), odd = TLanes.Fill(0);
            for (; i <= end - TLanes.Count; i += 2 * TLanes.Count)
            {
                var (x, y) = exp2.Of(
                    TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i), top), factor),
                    TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i + TLanes.Count), top), factor));
                even = TLanes.Add(even, x);
                odd = TLanes.Add(odd, y);
            }

            for (; i <= end; i += TLanes.Count)
                even = TLanes.Add(even, exp2.Of(TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i), top), factor)));
            sum += TLanes.Sum(TLanes.Add(even, odd));
        }

        if (i < classes)
        {
            var x = exp2.Of(TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + last), top), factor));
            sum += TLanes.Sum(TLanes.And(x, TLanes.LastLanes(classes - i)));
        }

        return sum;
    }

    /// <summary>Sum of t, and of <c>t (max - z)</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static (double Mass, double Distance) Weighted(float* truth, float* logits, float max, int classes)
    {
        var top = TLanes.Fill(max);
        var last = classes - TLanes.Count;
        var (mass, distance, i) = (0.0, 0.0, 0);
        while (i < classes)
        {
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
            TVector t = TLanes.Fill(0), d = TLanes.Fill(0);
            for (; i <= end; i += TLanes.Count)
            {
                var share = TLanes.Load(truth + i);
                t = TLanes.Add(t, share);
                d = TLanes.MultiplyAdd(share, TLanes.Subtract(top, TLanes.Load(logits + i)), d);
            }

            if (i > last && i < classes)
            {
                var share = TLanes.And(TLanes.Load(truth + last), TLanes.LastLanes(classes - i));
                t = TLanes.Add(t, share);
                d = TLanes.MultiplyAdd(share, TLanes.Subtract(top, TLanes.Load(logits + last)), d);
                i = classes;
            }

            mass += TLanes.Sum(t);
            distance += TLanes.Sum(d);
        }

        return (mass, distance);
    }

    /// <summary>The powers of the mentor, and of the student too if these are not there yet.</summary>
    /// <returns>Sum of 2^a, of 2^a (a - b), of 2^b - 2^a, and of 2^b if these were asked for.</returns>
    public static Vector256<double> Powers(ref LogitsPair pair, bool studentToo)
    {
        if (Math.Max(Math.Abs(pair.MentorMax * pair.MentorFactor), Math.Abs(pair.StudentMax * pair.StudentFactor)) > Large)
        {
            // Shifted otherwise than the next mentor's may be: not to be used again.
            var sums = Powers<Yes, Yes>(ref pair);
            pair.StudentFactor = double.NaN;
            return sums;
        }

        return studentToo ? Powers<Yes, No>(ref pair) : Powers<No, No>(ref pair);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<double> Powers<TStudentToo, TLarge>(ref LogitsPair pair)
        where TStudentToo : struct, IChoice
        where TLarge : struct, IChoice
    {
        var exp2 = TExp2.Create();
        var sums = Vector256<double>.Zero;
        float* mentor = pair.MentorLogits, student = pair.StudentLogits, mentorPowers = pair.MentorPowers, studentPowers = pair.StudentPowers;
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
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
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

    /// <summary>The sum over pairs of <c>ofStudent * 2^b + ofMentor * 2^a</c>, four vectors at a time; added to what is there if <paramref name="add"/>.</summary>
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
    /// divergence, but must not take 2^a out of range: for large logits the maximum is taken away first.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static TVector Exponent<TLarge>(TVector z, TVector factor, TVector shift)
        where TLarge : struct, IChoice =>
        TLarge.Value ? TLanes.Multiply(TLanes.Subtract(z, shift), factor) : TLanes.MultiplyAdd(z, factor, shift);
}
