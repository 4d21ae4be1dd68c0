// No namespace: runs before every test of the assembly.
[SetUpFixture]
public sealed class GlobalSetup
{
    [OneTimeSetUp]
    public void Prepare()
    {
        LibTorch.UsePassiveWaiting();
        LibTorch.KeepFreedMemory();
        LibTorch.Load();
    }
}
