using System.Runtime.InteropServices;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// libtorch's own alarm for whoever waits for a GPU (PyTorch's torch.cuda.set_sync_debug_mode), which TorchSharp does not bind.
/// </summary>
internal static unsafe class Waiting
{
    private const int Error = 2;

    /// <summary>
    /// The variable within c10::cuda::warning_state, an inline function: each library has one, and the loader makes one of them.
    /// </summary>
    private const string State = "_ZZN3c104cuda13warning_stateEvE14warning_state_";

    /// <summary>Whether operations that wait fail from now on; false where this libtorch does not show the switch.</summary>
    public static bool TryForbid(bool forbid)
    {
        var found = false;
        foreach (var name in (string[])["libc10_cuda.so", "libtorch_cuda.so", "libtorch_cuda_linalg.so"])
        {
            if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad(name, out var library)
                || !NativeLibrary.TryGetExport(library, State, out var state))
                continue;
            *(int*)state = forbid ? Error : 0;
            found = true;
        }

        return found;
    }
}
