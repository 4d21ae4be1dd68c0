using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace ClassroomKD.Tests;

/// <summary>What happens before all else, since cases are made before any test runs, and some need libtorch.</summary>
internal static partial class GlobalSetup
{
    [ModuleInitializer]
    internal static void LoadLibTorch()
    {
        LibTorch.UsePassiveWaiting();
        LibTorch.KeepFreedMemory();
        // docs/native-library.md, "Processors with AMX": a null reference would end the process in place of the test.
        if (OperatingSystem.IsLinux())
            SetEnvironment("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16", 0);
        try
        {
            LibTorch.Load();
        }
        catch (LibTorchLoadException exception)
        {
            // What comes out of a module's initializer is not shown whole.
            Console.Error.WriteLine(exception.Message);
            throw;
        }
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
