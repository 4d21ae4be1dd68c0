using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Kernels.Simd;

namespace ClassroomKD.Kernels;

/// <summary>
/// How well a student and its mentors answered: each one's cross-entropy against the truth, whether it is right and whether it
/// answered with numbers at all, in one reading of the logits. This is what ranking starts from (arXiv 2409.20237).
/// </summary>
/// <remarks>
/// Nothing here is differentiated and nothing is read back from the device. A logit of negative infinity masks its class.
/// </remarks>
public static class MultiMentorCrossEntropy
{
    /// <summary>Judges all rows of all answers.</summary>
    /// <param name="arguments">Logits and truth. float16 and bfloat16 are computed in float32.</param>
    /// <returns>Tables of <c>[1+M, R]</c>, the student first.</returns>
    /// <exception cref="ArgumentException">A shape, type or device does not fit; a class index on the CPU is neither a class nor
    /// <see cref="MultiMentorCrossEntropyArguments.IgnoreIndex"/>; or the wanted implementation cannot serve the tensors. On a GPU a class
    /// index is not looked at: one that is no class gives NaN by the CUDA kernel, and the device's own error by tensor operations.
    /// </exception>
    /// <exception cref="NotSupportedException"><see cref="KernelImplementation.Cuda"/> was asked for, and driver or compiler
    /// refuses.</exception>
    public static MultiMentorCrossEntropyResult Compute(in MultiMentorCrossEntropyArguments arguments) =>
        Compute(arguments, SimdWidth.Auto);

    /// <summary>The same for a caller that has validated the arguments.</summary>
    internal static MultiMentorCrossEntropyResult ComputeValidated(in MultiMentorCrossEntropyArguments arguments) =>
        ComputeValidated(arguments, SimdWidth.Auto, CudaRuntime.Installed);

    /// <param name="arguments">As above.</param>
    /// <param name="width">The widest vector to use.</param>
    /// <param name="cuda">Who runs the CUDA kernels; default: this machine's driver.</param>
    internal static MultiMentorCrossEntropyResult Compute(
        in MultiMentorCrossEntropyArguments arguments, SimdWidth width, CudaRuntime? cuda = null)
    {
        CrossEntropyValidation.Check(arguments);
        return ComputeValidated(arguments, width, cuda ?? CudaRuntime.Installed);
    }

    private static MultiMentorCrossEntropyResult ComputeValidated(
        in MultiMentorCrossEntropyArguments arguments, SimdWidth width, CudaRuntime cuda)
    {
        using var recording = no_grad();
        using var scope = NewDisposeScope();
        if (KernelSeam.UsesCuda(arguments.Implementation, arguments.Student, arguments.Mentors.Count, cuda)
            && CudaCrossEntropy.TryCompute(arguments, cuda, out var judged))
            return MoveToOuter(judged);
        var type = arguments.Student.FullPrecision();
        var input = new CrossEntropyInput
        {
            Logits = [ComputeType.Cast(arguments.Student, type), .. ComputeType.CastAll(arguments.Mentors, type)],
            Targets = arguments.Targets.dtype == ScalarType.Int64 ? arguments.Targets : ComputeType.Cast(arguments.Targets, type),
            IgnoreIndex = arguments.IgnoreIndex,
        };
        var result = KernelSeam.UsesSimd(arguments.Implementation, input.Logits[0])
            ? SimdCrossEntropy.Compute(input, width)
            : ReferenceCrossEntropy.Compute(input);
        return MoveToOuter(result);
    }

    private static MultiMentorCrossEntropyResult MoveToOuter(in MultiMentorCrossEntropyResult result)
    {
        result.CrossEntropy.MoveToOuterDisposeScope();
        result.Correct.MoveToOuterDisposeScope();
        result.Finite.MoveToOuterDisposeScope();
        return result;
    }
}
