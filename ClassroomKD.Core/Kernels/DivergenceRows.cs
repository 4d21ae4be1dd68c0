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

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(void* job, int worker, int first, int end)
    {
        ref readonly var call = ref *(DivergenceJob*)job;
        for (var row = first; row < end; row++)
            Row(call, row, call.Scratch + (2L * worker * call.ScratchStride));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Row(in DivergenceJob job, int row, float* scratch)
    {
        var offset = (long)row * job.Classes;
        var gradient = job.Gradient == null ? null : job.Gradient + offset;
        if (gradient != null)
            new Span<float>(gradient, job.Classes).Clear();
        var pair = new LogitsPair
        {
            Student = job.Student + offset,
            StudentPowers = scratch,
            StudentFactor = float.NaN,
            MentorPowers = scratch + job.ScratchStride,
            Classes = job.Classes,
            Ahead = row + 1 < job.Rows ? job.Classes : 0,
        };
        var (loss, taught) = (0.0, false);
        for (var m = 0; m < job.MentorCount; m++)
        {
            var cell = ((long)m * job.Rows) + row;
            var weight = job.Weights[cell];
            if (weight == 0)
            {
                job.PerMentor[cell] = 0;
                continue;
            }

            if (!taught)
                pair.StudentMax = LogitsRow<TLanes, TVector>.Max(pair.Student, job.Classes);
            taught = true;
            var (temperature, studentTemperature) = (job.Temperatures[cell], job.StudentTemperatures[cell]);
            pair.Mentor = job.Mentors[m] + offset;
            pair.MentorMax = LogitsRow<TLanes, TVector>.Max(pair.Mentor, job.Classes);
            pair.MentorFactor = (float)(Log2E * job.Scale / temperature);
            var studentFactor = (float)(Log2E * job.Scale / studentTemperature);

            // One temperature for all mentors is common: the student's powers are then those of the mentor before.
            var studentToo = pair.StudentFactor != studentFactor;
            pair.StudentFactor = studentFactor;
            LogitsRow<TLanes, TVector>.Powers(ref pair, studentToo);
            var share = (float)((double)weight * temperature * studentTemperature * pair.Divergence());
            job.PerMentor[cell] = share;
            loss += share;
            if (gradient == null)
                continue;
            var slope = job.Scale * weight * temperature;
            LogitsRow<TLanes, TVector>.AddSlope(gradient, pair, (float)(slope / pair.StudentSum), (float)(-slope / pair.MentorSum));
        }

        job.Loss[row] = (float)loss;
    }
}
