using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Kernels;

/// <summary>Which implementation serves which tensors.</summary>
internal static class KernelSeam
{
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
