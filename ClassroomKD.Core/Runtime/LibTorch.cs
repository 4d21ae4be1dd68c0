using System.Runtime.InteropServices;
using TorchSharp;

namespace ClassroomKD;

/// <summary>The native library under TorchSharp: how it is loaded, and how its threads wait.</summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names the folder of an installed libtorch.</summary>
    public const string FolderVariable = "CLASSROOMKD_LIBTORCH";

    /// <summary>The environment variable that, set to <c>any</c>, lets an installed libtorch be of another version than TorchSharp was built for.</summary>
    public const string VersionVariable = InstalledLibTorch.VersionVariable;

    private const string WaitPolicy = "OMP_WAIT_POLICY";

    /// <summary>
    /// Loads libtorch and TorchSharp's native part. Not needed where all is well, since TorchSharp loads them at first use; where they do
    /// not load, this says why and what to do. With a folder, an installed libtorch is taken in place of a package, for the CPU or CUDA: of PyTorch
    /// 2.10, the <c>torch/lib</c> of a wheel or the <c>lib</c> of an unpacked libtorch.
    /// </summary>
    /// <param name="folder">
    /// Where libtorch lies. Default null: where the environment variable <c>CLASSROOMKD_LIBTORCH</c> says, and if it is not set, beside the application.
    /// </param>
    /// <param name="anyVersion">
    /// Whether libtorch in the folder may be of another version than TorchSharp was built for. Then all functions that TorchSharp's native part calls are
    /// looked for at once, and those that are missing are named. That they still mean the same is not checked. Default: only if the
    /// environment variable <c>CLASSROOMKD_LIBTORCH_VERSION</c> is <c>any</c>.
    /// </param>
    /// <remarks>With a folder, call it before anything of TorchSharp: what is loaded once stays.</remarks>
    /// <exception cref="LibTorchLoadException">A library is missing or does not fit the system; the message names the remedies.</exception>
    public static void Load(string? folder = null, bool anyVersion = false)
    {
        folder ??= Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrWhiteSpace(folder))
        {
            InstalledLibTorch.Load(folder, anyVersion || Environment.GetEnvironmentVariable(VersionVariable) == "any");
            return;
        }

        try
        {
            NativeLibrary.Load("torch_cpu", typeof(torch).Assembly, null);
            NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw LibTorchLoadException.Explaining(exception);
        }
    }

    /// <summary>
    /// Lets libtorch's threads sleep while they wait for work, instead of spinning. For programs that share their processors: beside one
    /// busy process a training step of ResNet-20 on two processors was seen to take 3,512 ms spinning and 250 ms sleeping. Very
    /// small operations can become slower on an idle machine.
    /// </summary>
    /// <returns>
    /// Whether the setting holds. False where libtorch is loaded already, since it looks only then, and on systems other than Linux. A
    /// policy that the environment variable <c>OMP_WAIT_POLICY</c> sets is kept.
    /// </returns>
    /// <remarks>Call it first in <c>Main</c>. It sets the variable in the C library's environment: .NET's own copy does not reach native code.</remarks>
    public static bool UsePassiveWaiting()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        if (Environment.GetEnvironmentVariable(WaitPolicy) is { } chosen)
            return chosen.Equals("PASSIVE", StringComparison.OrdinalIgnoreCase);
        return !File.ReadLines("/proc/self/maps").Any(line => line.Contains("libgomp", StringComparison.Ordinal)) && SetEnvironment(WaitPolicy, "PASSIVE", 1) == 0;
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
