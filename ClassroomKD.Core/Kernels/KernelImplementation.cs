namespace ClassroomKD.Kernels;

/// <summary>Who computes a kernel. All implementations give the same figures up to rounding.</summary>
public enum KernelImplementation
{
    /// <summary>The fastest one for the tensors at hand; the default.</summary>
    Auto = 0,

    /// <summary>Tensor operations: any device, any floating type.</summary>
    Reference = 1,

    /// <summary>Fused vector instructions on the CPU, in float32. Refuses tensors on other devices and in float64.</summary>
    Simd = 2,

    /// <summary>
    /// Fused kernels on an NVIDIA GPU (compute capability 7.0 or above), in float32, reading half precision as it is. Refuses tensors on
    /// other devices, in float64, or of more than 128 mentors, and says why where driver or compiler is missing.
    /// </summary>
    Cuda = 3,
}
