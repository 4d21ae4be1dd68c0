using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace ClassroomKD.Kernels;

/// <summary>The inner loops, over the classes of one row, which has at least as many classes as a vector has lanes.</summary>
/// <remarks>
/// A last, incomplete vector is read so that it ends where the row ends: nothing beyond is touched, and the lanes that were counted
/// before are masked out.
/// </remarks>
internal static unsafe class LogitsRow<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    /// <summary>So many vectors are summed in float32 lanes before the sum moves on to float64.</summary>
    private const int VectorsPerSum = 64;

    private const float Log2E = 1.44269504f;

    /// <summary>Scaled logits above this count as large: their rounding exceeds 1/16.</summary>
    private const float Large = 1 << 20;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* logits, int classes)
    {
        var last = classes - TLanes.Count;
        var max = TLanes.Load(logits + last);
        for (var i = 0; i < last; i += TLanes.Count)
            max = TLanes.Max(max, TLanes.Load(logits + i));
        return TLanes.MaxLane(max);
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
        var exp2 = new Exp2<TLanes, TVector>();
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

    /// <summary>Powers and sums of the mentor, and of the student too if these are not there yet.</summary>
    public static void Powers(ref LogitsPair pair, bool studentToo)
    {
        // Here and not in the loops' method: where nothing is called, all vectors stay in registers.
        pair.CentreOn(((pair.Mentor[0] - pair.MentorMax) * pair.MentorFactor) - ((pair.Student[0] - pair.StudentMax) * pair.StudentFactor));
        if (Math.Max(Math.Abs(pair.MentorMax * pair.MentorFactor), Math.Abs(pair.StudentMax * pair.StudentFactor)) > Large)
        {
            // Shifted otherwise than the next mentor's may be: not to be used again.
            Powers<Yes, Yes>(ref pair);
            pair.StudentFactor = float.NaN;
        }
        else if (studentToo)
        {
            Powers<Yes, No>(ref pair);
        }
        else
        {
            Powers<No, No>(ref pair);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Powers<TStudentToo, TLarge>(ref LogitsPair pair)
        where TStudentToo : struct, IChoice
        where TLarge : struct, IChoice
    {
        var exp2 = new Exp2<TLanes, TVector>();
        var (mentorSum, studentSum, cross, excess) = (0.0, 0.0, 0.0, 0.0);
        float* mentor = pair.Mentor, student = pair.Student, mentorPowers = pair.MentorPowers, studentPowers = pair.StudentPowers;
        TVector mentorFactor = TLanes.Fill(pair.MentorFactor), studentFactor = TLanes.Fill(pair.StudentFactor);
        TVector mentorShift = TLanes.Fill(TLarge.Value ? pair.MentorMax : -pair.MentorMax * pair.MentorFactor);
        TVector studentShift = TLanes.Fill(TLarge.Value ? pair.StudentMax : -pair.StudentMax * pair.StudentFactor);
        TVector centre = TLanes.Fill(pair.Centre), centrePower = TLanes.Fill(pair.CentrePower);
        TVector p = TLanes.Fill(0), q = p, pd = p, more = p;
        var ahead = mentor + pair.Ahead;
        var classes = pair.Classes;
        var last = classes - TLanes.Count;
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
            pd = TLanes.Multiply(p, TLanes.Subtract(TLanes.Subtract(a, b), centre));
            more = TLanes.Subtract(TLanes.Multiply(y, centrePower), p);
        }

        for (var i = 0; i <= last;)
        {
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
            for (; i <= end; i += TLanes.Count)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(ahead + i);
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
                pd = TLanes.MultiplyAdd(x, TLanes.Subtract(TLanes.Subtract(a, b), centre), pd);
                more = TLanes.Add(more, TLanes.Subtract(TLanes.Multiply(y, centrePower), x));
            }

            mentorSum += TLanes.Sum(p);
            cross += TLanes.Sum(pd);
            excess += TLanes.Sum(more);
            if (TStudentToo.Value)
                studentSum += TLanes.Sum(q);
            p = q = pd = more = TLanes.Fill(0);
        }

        (pair.MentorSum, pair.Cross, pair.Excess) = (mentorSum, cross, excess);
        if (TStudentToo.Value)
            pair.StudentSum = studentSum;
    }

    /// <summary><c>gradient += ofStudent * 2^b + ofMentor * 2^a</c>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void AddSlope(float* gradient, in LogitsPair pair, float ofStudent, float ofMentor)
    {
        float* mentor = pair.MentorPowers, student = pair.StudentPowers;
        TVector plus = TLanes.Fill(ofStudent), minus = TLanes.Fill(ofMentor);
        var last = pair.Classes - TLanes.Count;
        var i = 0;
        for (; i <= last; i += TLanes.Count)
        {
            var sum = TLanes.MultiplyAdd(TLanes.Load(student + i), plus, TLanes.Load(gradient + i));
            TLanes.Store(gradient + i, TLanes.MultiplyAdd(TLanes.Load(mentor + i), minus, sum));
        }

        if (i < pair.Classes)
        {
            var sum = TLanes.MultiplyAdd(TLanes.Load(student + i), plus, TLanes.Load(gradient + last));
            TLanes.Store(gradient + last, TLanes.MultiplyAdd(TLanes.Load(mentor + i), minus, sum));
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
