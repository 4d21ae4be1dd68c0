using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace ClassroomKD.Kernels.Simd;

/// <summary>The fused pass over rows: for each row and mentor the two exponentials with their sums, and the gradient.</summary>
/// <remarks>
/// With <c>a = k (z_m - max z_m)</c> and <c>b = k' (z_0 - max z_0)</c>, where k holds scale, temperature and log2(e), everything follows
/// from 2^a, 2^b and a - b (<see cref="DivergenceSums"/>). Shift and scale are one fused multiplication and addition, which rounds once and
/// relative to the difference; <c>z / T</c> rounds relative to the logit.
/// </remarks>
internal unsafe struct DivergenceRows<TLanes, TVector, TExp2>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
    where TExp2 : struct, IExp2<TExp2, TVector>
{
    private const double Log2E = 1.44269504088896341;

    private DivergenceJob* job;
    private LogitsPair* pairs;
    private DivergenceSums* sums;

    /// <summary>The maximum of each mentor's next row; NaN where it is not known.</summary>
    private float* maxima;
    private float studentMax;
    private float* scratch;
    private int end;

    private static bool InDoubles => sizeof(TVector) == TLanes.Count * sizeof(double);

    /// <summary>Rows <paramref name="first"/> up to <paramref name="end"/> of a <see cref="DivergenceJob"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Run(void* job, int worker, int first, int end)
    {
        var call = (DivergenceJob*)job;
        var pairs = stackalloc LogitsPair[DivergenceSums.Most];
        var maxima = stackalloc float[call->MentorCount];
        new Span<float>(maxima, call->MentorCount).Fill(float.NaN);
        var sums = DivergenceSums.OfNothing;
        var rows = new DivergenceRows<TLanes, TVector, TExp2>
        {
            job = call,
            pairs = pairs,
            sums = &sums,
            maxima = maxima,
            scratch = call->Scratch + (2L * worker * (call->Together + 1) * call->ScratchStride),
            end = end,
        };
        for (var row = first; row < end; row++)
            rows.Teach(row);
    }

    private void Teach(int row)
    {
        var gradient = job->Gradient == null ? null : job->Gradient + ((long)row * job->Classes);
        var (loss, begun) = (0.0, false);
        studentMax = float.NaN;
        for (var first = 0; first < job->MentorCount; first += job->Together)
        {
            var count = Pair(row, first);
            if (count == 0)
                continue;
            Sum(count);
            DivergenceSums.Finish(sums);
            for (var k = 0; k < count; k++)
                loss += job->PerMentor[pairs[k].Cell] = (float)sums->Share[k];
            if (gradient != null)
                DivergenceLoops<TLanes, TVector, TExp2>.Slopes(gradient, pairs, count, sums->OfStudent, sums->OfMentor, begun);
            begun = true;
        }

        job->Loss[row] = (float)loss;
        if (gradient != null && !begun)
            new Span<float>(gradient, job->Classes).Clear();
    }

    /// <summary>
    /// Pairs the row with those of the next mentors who teach it. Several mentors are taken at once so that the processor has work while
    /// one waits for a chain of operations.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private int Pair(int row, int first)
    {
        var (offset, count) = ((long)row * job->Classes, 0);
        for (var m = first; m < Math.Min(first + job->Together, job->MentorCount); m++)
        {
            var cell = ((long)m * job->Rows) + row;
            double weight = job->Weights[cell], temperature = job->Temperatures[cell], studentTemperature = job->StudentTemperatures[cell];
            if (weight == 0)
            {
                job->PerMentor[cell] = 0;
                maxima[m] = float.NaN;
                continue;
            }

            if (float.IsNaN(studentMax))
                studentMax = LogitsRow<TLanes, TVector, TExp2>.Max(job->Student + offset, job->Classes);
            if (float.IsNaN(maxima[m]))
                maxima[m] = LogitsRow<TLanes, TVector, TExp2>.Max(job->Mentors[m] + offset, job->Classes);
            var powers = scratch + (2L * count * job->ScratchStride);
            pairs[count] = new LogitsPair
            {
                Mentor = m,
                Cell = cell,
                Classes = job->Classes,
                StudentLogits = job->Student + offset,
                StudentMax = studentMax,
                StudentFactor = Log2E * job->Scale / studentTemperature,
                StudentPowers = powers,
                MentorLogits = job->Mentors[m] + offset,
                MentorMax = maxima[m],
                MentorFactor = Log2E * job->Scale / temperature,
                MentorPowers = powers + job->ScratchStride,
                NextLogits = job->Mentors[m] + offset + (Teaches(cell + 1, row + 1) ? job->Classes : 0),
                Ahead = Teaches(cell + 2, row + 2) ? 2 * job->Classes : 0,
                Fetch = count switch
                {
                    0 when row + 1 < end => job->Student + offset + job->Classes,
                    1 when job->Gradient != null => job->Gradient + offset,
                    _ => job->Student + offset,
                },
            };
            (sums->Gain[count], sums->Slope[count]) =
                (weight * temperature * studentTemperature, job->Scale * weight * temperature * job->Upstream);
            count++;
        }

        return count;
    }

    private readonly bool Teaches(long cell, int row) => row < end && job->Weights[cell] != 0;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private void Sum(int count)
    {
        for (var k = 0; k < count; k++)
        {
            // If mentors share a temperature, the student's powers are those of the mentor before; but not in float64, where they are
            // stored in less precision than they were summed in.
            var large = DivergenceLoops<TLanes, TVector, TExp2>.IsLarge(pairs[k]);
            var same = k > 0 && !InDoubles && !large && pairs[k].StudentFactor == pairs[k - 1].StudentFactor;
            var own = pairs[k].StudentPowers;
            if (same)
                pairs[k].StudentPowers = pairs[k - 1].StudentPowers;
            var found = large ? default : DivergenceLoops<TLanes, TVector, TExp2>.Powers(ref pairs[k], !same);
            if (large || !double.IsFinite(found[1]))
            {
                // The next mentor must not reuse powers that were shifted in another way.
                same = false;
                pairs[k].StudentPowers = own;
                found = DivergenceLoops<TLanes, TVector, TExp2>.PowersOfLarge(ref pairs[k]);
                if (!double.IsFinite(found[1]))
                    found = SumWithoutMasked(k) ?? found;
                pairs[k].StudentFactor = double.NaN;
            }

            maxima[pairs[k].Mentor] = pairs[k].NextMax;
            (sums->Mentor[k], sums->Cross[k], sums->Excess[k]) = (found[0], found[1], found[2]);
            sums->Student[k] = same ? sums->Student[k - 1] : found[3];
        }
    }

    /// <summary>The sums over the classes that neither masks; null if that is not why they are not finite.</summary>
    private Vector256<double>? SumWithoutMasked(int k)
    {
        ref var pair = ref pairs[k];
        var student = scratch + (2L * job->Together * job->ScratchStride);
        var mentor = student + job->ScratchStride;
        var left = MaskedRow.Copy(pair.StudentLogits, pair.MentorLogits, student, mentor, job->Classes);
        if (left < 0)
            return null;
        if (left == 0)
            (sums->Gain[k], sums->Slope[k]) = (0, 0);
        pair.StudentLogits = student;
        pair.MentorLogits = mentor;
        pair.StudentMax = LogitsRow<TLanes, TVector, TExp2>.Max(student, job->Classes);
        pair.MentorMax = LogitsRow<TLanes, TVector, TExp2>.Max(mentor, job->Classes);
        return DivergenceLoops<TLanes, TVector, TExp2>.PowersOfLarge(ref pair);
    }
}
