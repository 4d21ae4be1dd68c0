using ClassroomKD.Kernels.Cuda;

namespace ClassroomKD.Kernels;

/// <summary>What became of the kernels in this process.</summary>
public static class KernelDiagnostics
{
    /// <summary>
    /// Why the CUDA kernels do not run, so that tensor operations take over on a GPU: a missing driver or compiler, or what they refused. A
    /// classroom logs it once.
    /// </summary>
    /// <value><c>null</c> as long as no kernel was wanted and refused.</value>
    public static string? CudaRefusal => CudaRuntime.Installed.Refusal;
}
