using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels.Simd;

/// <summary>The inner loops over the classes of one row, which has at least as many classes as a vector has lanes.</summary>
/// <remarks>A last, incomplete vector ends where the row ends; the lanes that were counted before are masked out.</remarks>
internal static unsafe class LogitsRow<TLanes, TVector, TExp2>
    where TLanes : struct, ILanes<TVector>
    where TVector : unmanaged
    where TExp2 : struct, IExp2<TExp2, TVector>
{
    /// <summary>The number of vectors that are summed in float32 before the sum moves to float64.</summary>
    public const int VectorsPerSum = 64;

    private const double Log2E = 1.44269504088896341;

    /// <summary>What smaller exponents are taken for; a class that is masked with the least float would have an infinite one.</summary>
    private const double Least = -1e38;

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
        TVector factor = TLanes.Fill(Log2E), top = TLanes.Fill(max), least = TLanes.Fill(Least);
        var last = classes - TLanes.Count;
        var (sum, i) = (0.0, 0);
        while (i <= last)
        {
            var end = Math.Min(last, i + ((VectorsPerSum - 1) * TLanes.Count));
            TVector even = TLanes.Fill(0), odd = TLanes.Fill(0);
            for (; i <= end - TLanes.Count; i += 2 * TLanes.Count)
            {
                var (x, y) = exp2.Of(
                    TLanes.Max(least, TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i), top), factor)),
                    TLanes.Max(least, TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i + TLanes.Count), top), factor)));
                even = TLanes.Add(even, x);
                odd = TLanes.Add(odd, y);
            }

            for (; i <= end; i += TLanes.Count)
                even = TLanes.Add(
                    even, exp2.Of(TLanes.Max(least, TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + i), top), factor))));
            sum += TLanes.Sum(TLanes.Add(even, odd));
        }

        if (i < classes)
        {
            var x = exp2.Of(TLanes.Max(least, TLanes.Multiply(TLanes.Subtract(TLanes.Load(logits + last), top), factor)));
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
}
