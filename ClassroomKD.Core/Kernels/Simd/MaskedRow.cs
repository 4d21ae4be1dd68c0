namespace ClassroomKD.Kernels.Simd;

/// <summary>Rows in which logits of negative infinity mask classes, copied so that these count for nothing in the loops.</summary>
internal static unsafe class MaskedRow
{
    /// <summary>Copies a row, or two beside each other, with the least float where one of them is masked.</summary>
    /// <returns>How many classes are left; -1 if another logit is not finite.</returns>
    public static int Copy(float* logits, float* others, float* copy, float* copyOfOthers, int classes)
    {
        var left = 0;
        for (var c = 0; c < classes; c++)
        {
            var (z, other) = (logits[c], others == null ? 0 : others[c]);
            if (!(z < float.PositiveInfinity && other < float.PositiveInfinity))
                return -1;
            var masked = float.IsNegativeInfinity(z) || float.IsNegativeInfinity(other);
            left += masked ? 0 : 1;
            copy[c] = masked ? float.MinValue : z;
            if (others != null)
                copyOfOthers[c] = masked ? float.MinValue : other;
        }

        return left;
    }

    /// <summary>Copies a truth whose shares of masked classes are given to the others in proportion.</summary>
    /// <returns>False if its largest class, the first of equals, is masked.</returns>
    public static bool Renormalize(float* logits, float* truth, float* copy, int classes)
    {
        var (top, mass, kept) = (0, 0.0, 0.0);
        for (var c = 0; c < classes; c++)
        {
            var masked = float.IsNegativeInfinity(logits[c]);
            copy[c] = masked ? 0 : truth[c];
            (mass, kept) = (mass + truth[c], kept + copy[c]);
            top = truth[c] > truth[top] ? c : top;
        }

        for (var c = 0; c < classes; c++)
            copy[c] = kept > 0 ? (float)(copy[c] * mass / kept) : 0;
        return !float.IsNegativeInfinity(logits[top]);
    }
}
