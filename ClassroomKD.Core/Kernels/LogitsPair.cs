namespace ClassroomKD.Kernels;

/// <summary>A row of the student's logits beside a mentor's, with what <see cref="LogitsRow{TLanes, TVector}"/> finds in them.</summary>
internal unsafe struct LogitsPair
{
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

    /// <summary>c, about what all a - b have in common, and 2^c.</summary>
    public float Centre;
    public float CentrePower;

    /// <summary>Sum of 2^b, of 2^a, of 2^a (a - b - c), and of 2^(b + c) - 2^a.</summary>
    public double StudentSum;
    public double MentorSum;
    public double Cross;
    public double Excess;

    private const double Ln2 = 0.693147180559945309;

    /// <summary>Sets c; where it is too far off to help, to 0.</summary>
    public void CentreOn(float centre)
    {
        Centre = Math.Abs(centre) < 16 ? centre : 0;
        CentrePower = float.Exp2(Centre);
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
            ? Math.Log(1 + relative) - Math.Log(CentrePower)
            : Math.Log(StudentSum / MentorSum);
        return (Ln2 * ((Cross / MentorSum) + Centre)) + logRatio;
    }
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
