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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Max(float* logits, int classes)
    {
        var last = classes - TLanes.Count;
        var max = TLanes.Load(logits + last);
        for (var i = 0; i < last; i += TLanes.Count)
            max = TLanes.Max(max, TLanes.Load(logits + i));
        return TLanes.MaxLane(max);
    }

    /// <summary>Powers and sums of the mentor, and of the student too if these are not there yet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Powers<TStudentToo>(ref LogitsPair pair)
        where TStudentToo : struct, IChoice
    {
        var (mentorSum, studentSum, cross, excess) = (0.0, 0.0, 0.0, 0.0);
        float* mentor = pair.Mentor, student = pair.Student, mentorPowers = pair.MentorPowers, studentPowers = pair.StudentPowers;
        TVector mentorFactor = TLanes.Fill(pair.MentorFactor), studentFactor = TLanes.Fill(pair.StudentFactor);
        TVector mentorShift = TLanes.Fill(-pair.MentorMax * pair.MentorFactor);
        TVector studentShift = TLanes.Fill(-pair.StudentMax * pair.StudentFactor);
        pair.CentreOn(((mentor[0] - pair.MentorMax) * pair.MentorFactor) - ((student[0] - pair.StudentMax) * pair.StudentFactor));
        TVector centre = TLanes.Fill(pair.Centre), centrePower = TLanes.Fill(pair.CentrePower);
        var ahead = mentor + pair.Ahead;
        var last = pair.Classes - TLanes.Count;
        var i = 0;
        while (i <= last)
        {
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
            TVector p = TLanes.Fill(0), q = TLanes.Fill(0), pd = TLanes.Fill(0), more = TLanes.Fill(0);
            for (; i <= end; i += TLanes.Count)
            {
                if (Sse.IsSupported)
                    Sse.Prefetch0(ahead + i);
                var a = TLanes.MultiplyAdd(TLanes.Load(mentor + i), mentorFactor, mentorShift);
                var b = TLanes.MultiplyAdd(TLanes.Load(student + i), studentFactor, studentShift);
                TVector x, y;
                if (TStudentToo.Value)
                {
                    (x, y) = Exp2<TLanes, TVector>.Of(a, b);
                    TLanes.Store(studentPowers + i, y);
                    q = TLanes.Add(q, y);
                }
                else
                {
                    x = Exp2<TLanes, TVector>.Of(a);
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
        }

        if (i < pair.Classes)
        {
            var mask = TLanes.LastLanes(pair.Classes - i);
            var a = TLanes.MultiplyAdd(TLanes.Load(mentor + last), mentorFactor, mentorShift);
            var b = TLanes.MultiplyAdd(TLanes.Load(student + last), studentFactor, studentShift);
            var x = TLanes.And(Exp2<TLanes, TVector>.Of(a), mask);
            TLanes.Store(mentorPowers + i, x);
            if (TStudentToo.Value)
                TLanes.Store(studentPowers + i, TLanes.And(Exp2<TLanes, TVector>.Of(b), mask));
            var y = TLanes.Load(studentPowers + i);
            mentorSum += TLanes.Sum(x);
            cross += TLanes.Sum(TLanes.Multiply(x, TLanes.Subtract(TLanes.Subtract(a, b), centre)));
            excess += TLanes.Sum(TLanes.Subtract(TLanes.Multiply(y, centrePower), x));
            if (TStudentToo.Value)
                studentSum += TLanes.Sum(y);
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
}
