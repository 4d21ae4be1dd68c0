using System.Runtime.CompilerServices;

// No namespace: runs before every test of the assembly.
[SetUpFixture]
public sealed class GlobalSetup
{
    // Cases are made before any test runs, and some load libtorch.
    [ModuleInitializer]
    internal static void BeforeLibTorch()
    {
        LibTorch.UsePassiveWaiting();
        LibTorch.KeepFreedMemory();
    }

    [OneTimeSetUp]
    public void Prepare() => LibTorch.Load();
}
