using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels;

/// <summary>The fused pass over rows: for each row and mentor the maximum, the two exponentials with their sums, and the gradient.</summary>
/// <remarks>
/// With <c>a = k (z_m - max z_m)</c> and <c>b = k' (z_0 - max z_0)</c>, k holding scale, temperature and log2(e), the divergence is
/// <c>ln 2 * sum 2^a (a - b) / sum 2^a + ln(sum 2^b / sum 2^a)</c> (<see cref="LogitsPair.Divergence"/>). Shift and scale are one fused multiplication and addition: it
/// rounds once, and relative to the difference, where <c>z / T</c> of a logit of 1e4 rounds relative to the logit.
/// </remarks>
internal static unsafe class DivergenceRows<TLanes, TVector>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
{
    private const double Log2E = 1.44269504088896341;

    [MethodImpl(MethodImplOptions.AggressiveOptimization), SkipLocalsInit]
    public static void Run(void* job, int worker, int first, int end)
    {
        ref readonly var call = ref *(DivergenceJob*)job;
        var pairs = stackalloc LogitsPair[call.Together];
        var scratch = call.Scratch + (2L * worker * call.Together * call.ScratchStride);
        for (var row = first; row < end; row++)
        {
            var gradient = call.Gradient == null ? null : call.Gradient + ((long)row * call.Classes);
            if (gradient != null)
                new Span<float>(gradient, call.Classes).Clear();
            var (loss, studentMax) = (0.0, float.NaN);
            for (var mentor = 0; mentor < call.MentorCount; mentor += call.Together)
                loss += Teach(call, row, mentor, gradient, pairs, scratch, ref studentMax);
            call.Loss[row] = (float)loss;
        }
    }

    /// <summary>
    /// Some mentors' part of a row, each step for all of them: what one step gives a mentor waits for a chain of operations, and the processor finds work
    /// in the others meanwhile.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static double Teach(in DivergenceJob job, int row, int first, float* gradient, LogitsPair* pairs, float* scratch, ref float studentMax)
    {
        var offset = (long)row * job.Classes;
        var count = 0;
        for (var m = first; m < Math.Min(first + job.Together, job.MentorCount); m++)
        {
            var cell = ((long)m * job.Rows) + row;
            if (job.Weights[cell] == 0)
            {
                job.PerMentor[cell] = 0;
                continue;
            }

            if (float.IsNaN(studentMax))
                studentMax = LogitsRow<TLanes, TVector>.Max(job.Student + offset, job.Classes);
            var powers = scratch + (2L * count * job.ScratchStride);
            pairs[count++] = new LogitsPair
            {
                Cell = cell,
                Student = job.Student + offset,
                StudentMax = studentMax,
                StudentFactor = (float)(Log2E * job.Scale / job.StudentTemperatures[cell]),
                StudentPowers = powers,
                Mentor = job.Mentors[m] + offset,
                MentorMax = LogitsRow<TLanes, TVector>.Max(job.Mentors[m] + offset, job.Classes),
                MentorFactor = (float)(Log2E * job.Scale / job.Temperatures[cell]),
                MentorPowers = powers + job.ScratchStride,
                Classes = job.Classes,
                Ahead = row + 1 < job.Rows ? job.Classes : 0,
            };
        }

        for (var k = 0; k < count; k++)
        {
            // One temperature for all mentors is common: the student's powers are then those beside the mentor before.
            var same = k > 0 && pairs[k].StudentFactor == pairs[k - 1].StudentFactor;
            if (same)
            {
                pairs[k].StudentPowers = pairs[k - 1].StudentPowers;
                pairs[k].StudentSum = pairs[k - 1].StudentSum;
            }

            LogitsRow<TLanes, TVector>.Powers(ref pairs[k], !same);
        }

        var loss = 0.0;
        for (var k = 0; k < count; k++)
        {
            var cell = pairs[k].Cell;
            var (weight, temperature) = ((double)job.Weights[cell], job.Temperatures[cell]);
            var share = (float)(weight * temperature * job.StudentTemperatures[cell] * pairs[k].Divergence());
            job.PerMentor[cell] = share;
            loss += share;
            if (gradient == null)
                continue;
            var slope = job.Scale * weight * temperature;
            LogitsRow<TLanes, TVector>.AddSlope(gradient, pairs[k], (float)(slope / pairs[k].StudentSum), (float)(-slope / pairs[k].MentorSum));
        }

        return loss;
    }
}
