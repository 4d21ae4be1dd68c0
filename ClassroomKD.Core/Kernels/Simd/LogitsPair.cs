namespace ClassroomKD.Kernels.Simd;

/// <summary>A row of the student's logits beside a mentor's.</summary>
internal unsafe struct LogitsPair
{
    /// <summary>The mentor's place, and that of the pair in the tables <c>[M, R]</c>.</summary>
    public int Mentor;
    public long Cell;

    public int Classes;
    public float* StudentLogits;
    public float* MentorLogits;

    /// <summary>b is <c>StudentFactor * (z - StudentMax)</c>; a likewise for the mentor.</summary>
    public float StudentMax;
    public double StudentFactor;
    public float MentorMax;
    public double MentorFactor;

    /// <summary>2^b and 2^a, whole vectors; an incomplete last one ends where the row ends and is 0 in the lanes before.</summary>
    public float* StudentPowers;
    public float* MentorPowers;

    /// <summary>The mentor's next row, whose maximum is found on the way, or this one if the mentor does not teach the next.</summary>
    public float* NextLogits;
    public float NextMax;

    /// <summary>The distance to the row after the next, which is prefetched; 0 if it is not needed.</summary>
    public int Ahead;

    /// <summary>What else is prefetched: the student's next row beside the first mentor, the gradient's row beside the second.</summary>
    public float* Fetch;
}
