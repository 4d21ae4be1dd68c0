using System.Diagnostics;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>Where driver and compiler are looked for.</summary>
internal static class CudaLibraries
{
    public static IEnumerable<string> Driver => OperatingSystem.IsWindows() ? ["nvcuda.dll"] : ["libcuda.so.1"];

    /// <summary>
    /// First libtorch's own thin library over NVRTC, through which its compiler is found whatever it is called; then an NVRTC beside
    /// libtorch, as in its packages, or in the neighboring package of a PyTorch wheel; then the system's.
    /// </summary>
    public static IEnumerable<string> Nvrtc
    {
        get
        {
            var windows = OperatingSystem.IsWindows();
            if (FolderOfLibTorch() is { } folder)
            {
                if (!windows)
                    yield return Path.Combine(folder, "libcaffe2_nvrtc.so");
                string[] folders =
                    [folder, Path.Combine(folder, "../../nvidia/cuda_nvrtc/lib"), Path.Combine(folder, "../../nvidia/cu13/lib")];
                foreach (var file in folders.Where(Directory.Exists).SelectMany(
                    place => Directory.EnumerateFiles(place, windows ? "nvrtc64*.dll" : "libnvrtc*.so*").Order()))
                    if (!file.Contains("builtins", StringComparison.Ordinal) && !file.Contains(".alt.", StringComparison.Ordinal))
                        yield return file;
            }

            string[] names = windows ? ["nvrtc64_120_0.dll", "nvrtc64_130_0.dll"] : ["libnvrtc.so.12", "libnvrtc.so.13", "libnvrtc.so"];
            foreach (var name in names)
                yield return name;
        }
    }

    private static string? FolderOfLibTorch()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
            using (module)
                if (Path.GetFileNameWithoutExtension(module.FileName) is "libtorch_cuda" or "torch_cuda")
                    return Path.GetDirectoryName(module.FileName);
        return null;
    }
}
