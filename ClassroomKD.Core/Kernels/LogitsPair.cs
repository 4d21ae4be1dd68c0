namespace ClassroomKD.Kernels;

/// <summary>A row of the student's logits beside a mentor's, with what <see cref="LogitsRow{TLanes, TVector}"/> finds in them.</summary>
internal unsafe struct LogitsPair
{
    /// <summary>Where the pair stands in the tables <c>[M, R]</c>.</summary>
    public long Cell;

    public float* Student;
    public float* Mentor;
    public int Classes;

    /// <summary>How far ahead to fetch the mentor's logits into the cache.</summary>
    public int Ahead;

    /// <summary>b is <c>StudentFactor * (z - StudentMax)</c>; a likewise for the mentor.</summary>
    public float StudentMax;
    public float StudentFactor;
    public float MentorMax;
    public float MentorFactor;

    /// <summary>2^b and 2^a, whole vectors; an incomplete last one ends where the row ends and is 0 in the lanes before.</summary>
    public float* StudentPowers;
    public float* MentorPowers;

    /// <summary>c, about what all a - b have in common, 2^c, and the natural logarithm of that float.</summary>
    public float Centre;
    public float CentrePower;
    public double CentrePowerLog;

    /// <summary>Sum of 2^b, of 2^a, of 2^a (a - b - c), and of 2^(b + c) - 2^a.</summary>
    public double StudentSum;
    public double MentorSum;
    public double Cross;
    public double Excess;

    private const double Ln2 = 0.693147180559945309;

    /// <summary>Sets c to the nearest sixteenth; where it is too far off to help, to 0.</summary>
    public void CentreOn(float centre)
    {
        var sixteenths = Math.Abs(centre) < 16 ? (int)MathF.Round(centre * Sixteenths.Count) : 0;
        var (whole, part) = (sixteenths >> Sixteenths.Shift, sixteenths & (Sixteenths.Count - 1));
        Centre = (float)sixteenths / Sixteenths.Count;
        CentrePower = BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(Sixteenths.Powers[part]) + (whole << 23));
        CentrePowerLog = Sixteenths.Logs[part] + (whole * Ln2);
    }

    /// <summary>The Kullback-Leibler divergence of the two softmax distributions.</summary>
    /// <remarks>
    /// It is <c>ln 2 (Cross / MentorSum + c) + ln(StudentSum / MentorSum)</c>: at high temperatures a small difference of large terms, in which
    /// half a unit in the last place of either sum shows. Where the distributions are close, the ratio of the sums is known better
    /// from the sum of the differences: <c>StudentSum 2^c = MentorSum + Excess</c>.
    /// </remarks>
    public readonly double Divergence()
    {
        var relative = Excess / MentorSum;
        var logRatio = relative is > -0.5 and < 1
            ? Math.Log(1 + relative) - CentrePowerLog
            : Math.Log(StudentSum / MentorSum);
        return (Ln2 * ((Cross / MentorSum) + Centre)) + logRatio;
    }
}

/// <summary>2^(k/16) as floats, and the logarithms of these floats: no power and no logarithm for each pair of rows.</summary>
internal static class Sixteenths
{
    public const int Shift = 4;
    public const int Count = 1 << Shift;

    public static readonly float[] Powers = [.. Enumerable.Range(0, Count).Select(k => (float)Math.Pow(2, k / (double)Count))];
    public static readonly double[] Logs = [.. Powers.Select(power => Math.Log(power))];
}

/// <summary>A choice made when the code is compiled.</summary>
internal interface IChoice
{
    static abstract bool Value { get; }
}

internal readonly struct Yes : IChoice
{
    public static bool Value => true;
}

internal readonly struct No : IChoice
{
    public static bool Value => false;
}
