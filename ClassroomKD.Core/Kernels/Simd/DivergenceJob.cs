namespace ClassroomKD.Kernels.Simd;

/// <summary>One call of <see cref="MultiMentorDivergence"/> as addresses of contiguous float32 tables.</summary>
internal unsafe struct DivergenceJob
{
    public float* Student;
    public float** Mentors;
    public float* Weights;
    public float* Temperatures;
    public float* StudentTemperatures;
    public float* Loss;
    public float* PerMentor;

    /// <summary>Null if no gradient is needed.</summary>
    public float* Gradient;

    /// <summary>
    /// For each worker two rows of <see cref="ScratchStride"/> floats for each of <see cref="Together"/> mentors, and two more.
    /// </summary>
    public float* Scratch;

    public int ScratchStride;
    public int Rows;
    public int Classes;
    public int MentorCount;

    /// <summary>The number of mentors that a row is computed for at a time.</summary>
    public int Together;
    public double Scale;
    public double Upstream;
}
