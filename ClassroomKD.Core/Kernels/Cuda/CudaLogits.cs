using System.Runtime.CompilerServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>Room for the mentors' addresses in a kernel's parameter.</summary>
[InlineArray(CudaPlan.MostMentors)]
internal struct MentorAddresses
{
    private nint first;
}

/// <summary>The logits of a call as a kernel reads them: in order, all mentors in one type, nothing copied unless that fails.</summary>
internal readonly unsafe struct CudaLogits
{
    public CudaLogits(Tensor student, IReadOnlyList<Tensor> mentors)
    {
        Classes = (int)student.size(1);
        StudentType = student.dtype;
        MentorType = mentors.Count == 0 ? StudentType : mentors[0].dtype;
        foreach (var mentor in mentors)
            if (mentor.dtype != MentorType)
                MentorType = ScalarType.Float32;
        if (!KernelSeam.CudaReads(MentorType))
            MentorType = ScalarType.Float32;

        Student = TensorMemory.InOrder(student);
        Mentors = new Tensor[mentors.Count];
        for (var m = 0; m < Mentors.Length; m++)
            Mentors[m] = TensorMemory.InOrder(ComputeType.Cast(mentors[m], MentorType));
        Alignment = CudaPlan.Alignment((nint)TensorMemory.Address<byte>(Student), Size(StudentType), Classes);
        foreach (var mentor in Mentors)
            Alignment = Math.Min(Alignment, CudaPlan.Alignment((nint)TensorMemory.Address<byte>(mentor), Size(MentorType), Classes));
    }

    public Tensor Student { get; }

    public Tensor[] Mentors { get; }

    private ScalarType StudentType { get; }

    private ScalarType MentorType { get; }

    private int Classes { get; }

    private int Alignment { get; }

    public CudaVariant Variant(string kernel)
    {
        var (items, vector, warps) = CudaPlan.Layout(Classes, (Size(StudentType), Size(MentorType)), Alignment);
        return new CudaVariant(kernel, StudentType, MentorType, items, vector, warps);
    }

    public MentorAddresses Addresses()
    {
        var addresses = default(MentorAddresses);
        for (var m = 0; m < Mentors.Length; m++)
            addresses[m] = (nint)TensorMemory.Address<byte>(Mentors[m]);
        return addresses;
    }

    public void KeepAlive()
    {
        GC.KeepAlive(Student);
        GC.KeepAlive(Mentors);
    }

    private static int Size(ScalarType type) => type == ScalarType.Float32 ? sizeof(float) : sizeof(ushort);
}
