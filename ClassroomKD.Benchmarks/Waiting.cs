using System.Runtime.InteropServices;

namespace ClassroomKD.Benchmarks;

/// <summary>libtorch's own alarm for whoever waits for a GPU (PyTorch's torch.cuda.set_sync_debug_mode), which TorchSharp does not bind.</summary>
internal static unsafe class Waiting
{
    private const int Error = 2;

    /// <summary>Whether operations that wait fail from now on; false where this libtorch does not show the switch.</summary>
    public static bool TryForbid(bool forbid)
    {
        foreach (var name in (string[])["libc10_cuda.so", "libtorch_cuda.so"])
        {
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(name, out var library)
                || !NativeLibrary.TryGetExport(library, "_ZN3c104cuda13warning_stateEv", out var state))
                continue;
            *((delegate* unmanaged<int*>)state)() = forbid ? Error : 0;
            return true;
        }

        return false;
    }
}
