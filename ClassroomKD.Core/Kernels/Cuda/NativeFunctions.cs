using System.Runtime.InteropServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>A native library found at run time, and its functions.</summary>
/// <param name="name">What messages call it.</param>
/// <param name="library">Its handle; never freed.</param>
internal sealed class NativeFunctions(string name, nint library)
{
    /// <summary>The first of these libraries that the system's loader finds.</summary>
    public static NativeFunctions Load(string name, IEnumerable<string> candidates, string remedy)
    {
        var tried = new List<string>();
        foreach (var candidate in candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var library))
                return new NativeFunctions(name, library);
            tried.Add(candidate);
        }

        throw new CudaException($"{name} was not found (looked for {string.Join(", ", tried)}). {remedy}");
    }

    public nint Get(string function) =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? address
            : throw new CudaException($"{name} has no function {function}; a newer one is needed.");
}
