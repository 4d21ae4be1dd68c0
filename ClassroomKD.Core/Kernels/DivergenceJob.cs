namespace ClassroomKD.Kernels;

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

    /// <summary>Two rows of <see cref="ScratchStride"/> floats for each worker.</summary>
    public float* Scratch;

    public int ScratchStride;
    public int Rows;
    public int Classes;
    public int MentorCount;
    public double Scale;
}
