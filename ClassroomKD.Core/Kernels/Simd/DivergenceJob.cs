namespace ClassroomKD.Kernels.Simd;

/// <summary>One call of <see cref="MultiMentorDivergence"/> as addresses: float32, every table row-major and without gaps.</summary>
internal unsafe struct DivergenceJob
{
    public float* Student;
    public float** Mentors;
    public float* Weights;
    public float* Temperatures;
    public float* StudentTemperatures;
    public float* Loss;
    public float* PerMentor;

    /// <summary>Null where nobody asks for it.</summary>
    public float* Gradient;

    /// <summary>Two rows of <see cref="ScratchStride"/> floats for each worker and each of <see cref="Together"/> mentors.</summary>
    public float* Scratch;

    public int ScratchStride;
    public int Rows;
    public int Classes;
    public int MentorCount;

    /// <summary>How many mentors a row is computed for at a time.</summary>
    public int Together;
    public double Scale;
    public double Upstream;
}
