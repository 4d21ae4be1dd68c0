using System.Runtime.InteropServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>Layout of DivergenceCall in divergence_call.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaDivergenceCall
{
    public void* Student;
    public float* Weights;
    public float* Temperatures;
    public float* StudentTemperatures;
    public float* Loss;
    public float* PerMentor;
    public float* Gradient;
    public int Rows;
    public int Classes;
    public int MentorCount;
    public float Scale;
    public float Upstream;
    public MentorAddresses Mentors;
}

/// <summary>
/// <see cref="MultiMentorDivergence"/> by a kernel of our own on a GPU: half precision is read as it is and summed in float32.
/// </summary>
internal static unsafe class CudaDivergence
{
    /// <summary>False where the GPU's driver or compiler refuses, and the caller left it open who computes.</summary>
    public static bool TryCompute(
        in MultiMentorDivergenceArguments arguments, bool differentiate, CudaRuntime runtime, out DivergenceParts parts)
    {
        try
        {
            parts = Compute(arguments, differentiate, runtime);
            return true;
        }
        catch (CudaException exception)
        {
            runtime.Refuse(exception, arguments.Implementation);
            parts = default;
            return false;
        }
    }

    private static DivergenceParts Compute(in MultiMentorDivergenceArguments arguments, bool differentiate, CudaRuntime runtime)
    {
        using var scope = NewDisposeScope();
        var (rows, classes, mentors) = ((int)arguments.Student.size(0), (int)arguments.Student.size(1), arguments.Mentors.Count);
        var device = arguments.Student.device;
        var loss = empty(rows, ScalarType.Float32, device);
        var perMentor = empty(mentors, rows, ScalarType.Float32, device);
        var gradient = differentiate ? empty(rows, classes, ScalarType.Float32, device) : null;
        var weights = Table(arguments.Weights);
        var temperatures = Table(arguments.Temperatures);
        var own = arguments.StudentTemperatures is { } other ? Table(other) : temperatures;
        if (rows > 0)
        {
            var logits = new CudaLogits(arguments.Student, arguments.Mentors);
            var call = new CudaDivergenceCall
            {
                Student = TensorMemory.Address<byte>(logits.Student),
                Weights = TensorMemory.Address<float>(weights),
                Temperatures = TensorMemory.Address<float>(temperatures),
                StudentTemperatures = TensorMemory.Address<float>(own),
                Loss = TensorMemory.Address<float>(loss),
                PerMentor = TensorMemory.Address<float>(perMentor),
                Gradient = gradient is null ? null : TensorMemory.Address<float>(gradient),
                Rows = rows,
                Classes = classes,
                MentorCount = mentors,
                Scale = (float)arguments.Scale,
                Upstream = (float)arguments.Upstream,
                Mentors = logits.Addresses(),
            };
            var variant = logits.Variant(classes > CudaPlan.LongestOfBlock ? "divergence_long" : "divergence");
            runtime.Launch((int)arguments.Student.device_index, variant, CudaPlan.Grid(rows, 1, variant.Warps), &call);
            logits.KeepAlive();
            GC.KeepAlive(weights);
            GC.KeepAlive(temperatures);
            GC.KeepAlive(own);
        }

        return new DivergenceParts(
            loss.MoveToOuterDisposeScope(), perMentor.MoveToOuterDisposeScope(), gradient?.MoveToOuterDisposeScope());
    }

    private static Tensor Table(Tensor table) => TensorMemory.InOrder(ComputeType.Cast(table, ScalarType.Float32));
}
