using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels.Simd;

/// <summary>One call of <see cref="MultiMentorCrossEntropy"/> as addresses of contiguous float32 tables.</summary>
internal unsafe struct CrossEntropyJob
{
    public float** Logits;
    public int Count;

    /// <summary>Class indices in range; null if <see cref="Distribution"/> holds the truth.</summary>
    public long* Labels;
    public float* Distribution;
    public long IgnoreIndex;

    /// <summary>Two rows of <see cref="Classes"/> floats for each worker.</summary>
    public float* Scratch;
    public float* CrossEntropy;
    public bool* Correct;
    public bool* Finite;
    public int Rows;
    public int Classes;
}

/// <summary>Row by row, each answer's maximum, finiteness and sum of exponentials while the row is in the first cache.</summary>
internal static unsafe class CrossEntropyRows<TLanes, TVector, TExp2>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
    where TExp2 : struct, IExp2<TExp2, TVector>
{
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(void* job, int worker, int first, int end)
    {
        ref readonly var call = ref *(CrossEntropyJob*)job;
        for (var row = first; row < end; row++)
            for (var k = 0; k < call.Count; k++)
                Judge(call, row, k, call.Scratch + (2L * worker * call.Classes));
    }

    private static void Judge(in CrossEntropyJob job, int row, int k, float* scratch)
    {
        var (cell, offset) = (((long)k * job.Rows) + row, (long)row * job.Classes);
        float* logits = job.Logits[k] + offset, truth = job.Distribution + offset;
        var max = LogitsRow<TLanes, TVector, TExp2>.Max(logits, job.Classes, out var finite);
        var label = job.Labels == null ? -1 : (int)job.Labels[row];
        var known = true;
        if (!finite && MaskedRow.Copy(logits, null, scratch, null, job.Classes) > 0)
        {
            finite = true;
            max = LogitsRow<TLanes, TVector, TExp2>.Max(scratch, job.Classes);
            if (job.Labels == null)
                known = MaskedRow.Renormalize(logits, truth, scratch + job.Classes, job.Classes);
            else if (job.Labels[row] != job.IgnoreIndex)
                known = !float.IsNegativeInfinity(logits[label]);
            logits = scratch;
            truth = scratch + job.Classes;
        }

        job.Finite[cell] = finite;
        if (job.Labels != null && job.Labels[row] == job.IgnoreIndex)
        {
            (job.CrossEntropy[cell], job.Correct[cell]) = (0, false);
            return;
        }

        if (!finite || !known)
        {
            (job.CrossEntropy[cell], job.Correct[cell]) = (float.PositiveInfinity, false);
            return;
        }

        var logSum = Math.Log(LogitsRow<TLanes, TVector, TExp2>.SumOfExponentials(logits, max, job.Classes));
        if (job.Labels != null)
        {
            job.CrossEntropy[cell] = (float)(logSum + ((double)max - logits[label]));
            job.Correct[cell] = IsFirst(logits, max, label);
        }
        else
        {
            var (mass, distance) = LogitsRow<TLanes, TVector, TExp2>.Weighted(truth, logits, max, job.Classes);
            job.CrossEntropy[cell] = (float)((mass * logSum) + distance);
            var top = LogitsRow<TLanes, TVector, TExp2>.Max(truth, job.Classes);
            job.Correct[cell] = IsFirst(logits, max, new ReadOnlySpan<float>(truth, job.Classes).IndexOf(top));
        }
    }

    /// <summary>Whether a logit is the first to reach the maximum. It compares integers, because their search is vectorized.</summary>
    private static bool IsFirst(float* logits, float max, int index) =>
        index >= 0 && logits[index] == max
        && !new ReadOnlySpan<int>(logits, index).Contains(BitConverter.SingleToInt32Bits(logits[index]));
}
