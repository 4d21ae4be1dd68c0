using ClassroomKD.Kernels.Cuda;

namespace ClassroomKD.Kernels;

/// <summary>Which implementation serves which tensors.</summary>
internal static class KernelSeam
{
    private const long MostOnGpu = 1 << 30;

    /// <summary>Whether the CUDA kernels are to try: asked for, or left open and not refused before.</summary>
    /// <param name="wanted">What the caller asked for.</param>
    /// <param name="student">The student's logits as they came.</param>
    /// <param name="mentors">How many mentors there are.</param>
    /// <param name="runtime">Who would run them.</param>
    public static bool UsesCuda(KernelImplementation wanted, Tensor student, int mentors, CudaRuntime runtime)
    {
        if (wanted is not (KernelImplementation.Auto or KernelImplementation.Cuda))
            return false;
        var serves = student.device_type == runtime.Serves && CudaReads(student.dtype) && mentors <= CudaPlan.MostMentors
            && student.size(0) <= MostOnGpu && student.size(1) <= MostOnGpu;
        if (wanted == KernelImplementation.Auto)
            return serves && runtime.Refusal is null;
        return serves ? true : throw new ArgumentException(
            $"{wanted}: logits on a CUDA device, in float32 or narrower, of {CudaPlan.MostMentors} mentors or fewer were expected, " +
            $"got {student.dtype} on {student.device}, {mentors} mentors.");
    }

    /// <summary>Whether the CUDA kernels read logits of this type without a copy.</summary>
    public static bool CudaReads(ScalarType type) => type is ScalarType.Float32 or ScalarType.Float16 or ScalarType.BFloat16;

    /// <param name="wanted">What the caller asked for.</param>
    /// <param name="logits">The student's logits in the type of computation.</param>
    public static bool UsesSimd(KernelImplementation wanted, Tensor logits)
    {
        var serves = logits.dtype == ScalarType.Float32 && logits.device_type == DeviceType.CPU;
        return wanted switch
        {
            KernelImplementation.Auto => serves,
            KernelImplementation.Reference => false,
            KernelImplementation.Simd when serves => true,
            KernelImplementation.Simd => throw new ArgumentException(
                $"{wanted}: logits on the CPU, in float32 or narrower, were expected, got {logits.dtype} on {logits.device}."),
            _ => throw new ArgumentOutOfRangeException(nameof(wanted), wanted, "A kernel implementation was expected."),
        };
    }
}
