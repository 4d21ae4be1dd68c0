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

    /// <summary>Sum of 2^b, of 2^a, and of 2^a (a - b).</summary>
    public double StudentSum;
    public double MentorSum;
    public double Cross;
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
