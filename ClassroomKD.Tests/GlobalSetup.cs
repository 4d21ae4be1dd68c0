using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

// No namespace: runs before every test of the assembly.
[SetUpFixture]
public sealed partial class GlobalSetup
{
    // Cases are made before any test runs, and some load libtorch.
    [ModuleInitializer]
    internal static void BeforeLibTorch()
    {
        LibTorch.UsePassiveWaiting();
        LibTorch.KeepFreedMemory();
        // docs/native-library.md, "Processors with AMX": a null reference would end the process in place of the test.
        if (OperatingSystem.IsLinux())
            SetEnvironment("ONEDNN_MAX_CPU_ISA", "AVX512_CORE_BF16", 0);
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [OneTimeSetUp]
    public void Prepare() => LibTorch.Load();
}
