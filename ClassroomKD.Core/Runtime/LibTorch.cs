using System.Runtime.InteropServices;
using TorchSharp;

namespace ClassroomKD;

/// <summary>The native library under TorchSharp: how it is loaded, and how its threads wait.</summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names the folder of an installed libtorch.</summary>
    public const string FolderVariable = "CLASSROOMKD_LIBTORCH";

    /// <summary>The environment variable that, set to <c>any</c>, lets an installed libtorch be of another version than TorchSharp was built for.</summary>
    public const string VersionVariable = "CLASSROOMKD_LIBTORCH_VERSION";

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
            throw new LibTorchLoadException(Explain(exception.Message, RuntimeInformation.RuntimeIdentifier), exception);
        }
    }

    /// <summary>
    /// Lets libtorch's threads sleep while they wait for work, instead of spinning. For programs that share their processors: beside a
    /// busy process a training step can take many times longer with threads that spin. Very small operations can become slower on an idle machine.
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

    /// <summary>What a failure of the system's loader means, and the remedies.</summary>
    internal static string Explain(string failure, string runtime)
    {
        if (failure.Contains("GLIBCXX_", StringComparison.Ordinal))
            return "TorchSharp's native library needs a newer C++ runtime than this system has (GLIBCXX_3.4.32, which libstdc++ has since GCC 13). " +
                   "Either build or publish with ClassroomKD.Core as a package reference and the property ClassroomKDWeakenGlibcxx set to 'auto' " +
                   "(building on this system) or 'always' (building elsewhere), which marks that need weak in the output folder's copy; " +
                   "or run on a system with libstdc++ of GCC 13 or later, such as Debian 13 or Ubuntu 24.04." +
                   $"{Environment.NewLine}The loader said: {failure}";
        return $"libtorch was not found or does not load on {runtime}. TorchSharp brings no libtorch of its own: either add the package for this " +
               "system to the application (libtorch-cpu-linux-x64, libtorch-cpu-win-x64, libtorch-cpu-osx-arm64, or a TorchSharp-cuda package), in the " +
               "version that TorchSharp names; or name the folder of an installed libtorch of that version in the environment variable CLASSROOMKD_LIBTORCH, which LibTorch.Load reads." +
               $"{Environment.NewLine}The loader said: {failure}";
    }

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);
}
