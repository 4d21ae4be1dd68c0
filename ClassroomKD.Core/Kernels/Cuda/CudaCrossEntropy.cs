using System.Runtime.InteropServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>Layout of CrossEntropyCall in cross_entropy.cu.</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct CudaCrossEntropyCall
{
    public void* Student;
    public long* Labels;
    public float* Distribution;
    public long IgnoreIndex;
    public float* CrossEntropy;
    public byte* Correct;
    public byte* Finite;
    public int Rows;
    public int Classes;
    public MentorAddresses Mentors;
}

/// <summary>
/// <see cref="MultiMentorCrossEntropy"/> by a kernel of our own on a GPU: half precision is read as it is and summed in float32.
/// </summary>
internal static unsafe class CudaCrossEntropy
{
    /// <summary>False where the GPU's driver or compiler refuses, and the caller left it open who computes.</summary>
    public static bool TryCompute(
        in MultiMentorCrossEntropyArguments arguments, CudaRuntime runtime, out MultiMentorCrossEntropyResult result)
    {
        try
        {
            result = Compute(arguments, runtime);
            return true;
        }
        catch (CudaException exception)
        {
            runtime.Refuse(exception, arguments.Implementation);
            result = default;
            return false;
        }
    }

    private static MultiMentorCrossEntropyResult Compute(in MultiMentorCrossEntropyArguments arguments, CudaRuntime runtime)
    {
        using var scope = NewDisposeScope();
        var (rows, classes, answers) = ((int)arguments.Student.size(0), (int)arguments.Student.size(1), 1 + arguments.Mentors.Count);
        var device = arguments.Student.device;
        var crossEntropy = empty(answers, rows, ScalarType.Float32, device);
        var correct = empty(answers, rows, ScalarType.Bool, device);
        var finite = empty(answers, rows, ScalarType.Bool, device);
        var indices = arguments.Targets.dtype == ScalarType.Int64;
        var targets = TensorMemory.InOrder(indices ? arguments.Targets : ComputeType.Cast(arguments.Targets, ScalarType.Float32));
        if (rows > 0)
        {
            var logits = new CudaLogits(arguments.Student, arguments.Mentors);
            var call = new CudaCrossEntropyCall
            {
                Student = TensorMemory.Address<byte>(logits.Student),
                Labels = indices ? TensorMemory.Address<long>(targets) : null,
                Distribution = indices ? null : TensorMemory.Address<float>(targets),
                IgnoreIndex = arguments.IgnoreIndex,
                CrossEntropy = TensorMemory.Address<float>(crossEntropy),
                Correct = TensorMemory.Address<byte>(correct),
                Finite = TensorMemory.Address<byte>(finite),
                Rows = rows,
                Classes = classes,
                Mentors = logits.Addresses(),
            };
            var variant = logits.Variant("cross_entropy");
            if (!indices && CudaPlan.Alignment((nint)call.Distribution, sizeof(float), classes) < variant.Vector)
                variant = variant with { Vector = 1 };
            runtime.Launch((int)arguments.Student.device_index, variant, CudaPlan.Grid(rows, answers, variant.Warps), &call);
            logits.KeepAlive();
            GC.KeepAlive(targets);
        }

        return new MultiMentorCrossEntropyResult
        {
            CrossEntropy = crossEntropy.MoveToOuterDisposeScope(),
            Correct = correct.MoveToOuterDisposeScope(),
            Finite = finite.MoveToOuterDisposeScope(),
        };
    }
}
