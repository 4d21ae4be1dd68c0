using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>The native library under TorchSharp: how it is loaded, and how its threads wait.</summary>
public static partial class LibTorch
{
    /// <summary>The environment variable that names the folder of an installed libtorch.</summary>
    public const string FolderVariable = "CLASSROOMKD_LIBTORCH";

    /// <summary>The environment variable that, set to <c>any</c>, allows an installed libtorch of any version.</summary>
    public const string VersionVariable = InstalledLibTorch.VersionVariable;

    /// <summary>What is said where <see cref="WaitsPassively"/> is false.</summary>
    internal const string SpinningThreads =
        "libtorch's threads spin while they wait, which makes steps many times slower beside other work; call " +
        "LibTorch.UsePassiveWaiting() first in Main.";

    private const string WaitPolicy = "OMP_WAIT_POLICY";
    private const string Reproducibility = "MKL_CBWR";

    /// <summary>
    /// Loads libtorch and TorchSharp's native part, and explains a failure. TorchSharp itself loads them at first use. With a folder, an
    /// installed libtorch for the CPU or CUDA takes the place of a package: <c>torch/lib</c> of a PyTorch 2.10 wheel, or <c>lib</c> of an
    /// unpacked libtorch. On Linux it also has MKL, which multiplies libtorch's matrices on x86 processors, sum in one order in every run
    /// on the same processor with as many threads, unless the environment variable <c>MKL_CBWR</c> says otherwise.
    /// </summary>
    /// <param name="folder">
    /// The folder of libtorch. Default null: the folder that the environment variable <c>CLASSROOMKD_LIBTORCH</c> names, else the
    /// application's.
    /// </param>
    /// <param name="anyVersion">
    /// Whether libtorch in the folder may have another version than TorchSharp was built for. All functions that TorchSharp's native part
    /// calls are then looked up at once, and missing ones are named; whether they still mean the same is not checked. Default: only if the
    /// environment variable <c>CLASSROOMKD_LIBTORCH_VERSION</c> is <c>any</c>. Without a folder it has no effect.
    /// </param>
    /// <remarks>
    /// Call it before anything of TorchSharp: a loaded library stays, and MKL decides on its order with its first product.
    /// </remarks>
    /// <exception cref="LibTorchLoadException">
    /// A library is missing or does not fit the system, or <c>CLASSROOMKD_LIBTORCH_VERSION</c> is something other than <c>any</c>; the
    /// message says what to do.
    /// </exception>
    public static void Load(string? folder = null, bool anyVersion = false)
    {
        // Without it the order can depend on where in memory the numbers lie, and a training repeated ends with other last bits.
        if (OperatingSystem.IsLinux())
            SetEnvironment(Reproducibility, Environment.GetEnvironmentVariable(Reproducibility) ?? "AUTO", 0);
        folder ??= Environment.GetEnvironmentVariable(FolderVariable);
        if (!string.IsNullOrWhiteSpace(folder))
        {
            InstalledLibTorch.Load(folder, anyVersion || AnyVersionIsAskedFor());
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
    /// Lets libtorch's threads sleep instead of spin while they wait for work, for programs that share their processors: beside a busy
    /// process a training step can take many times longer with threads that spin. On an idle machine very small operations can be slower.
    /// </summary>
    /// <returns>
    /// Whether the threads sleep. Nothing changes if libtorch is loaded already; false on systems other than Linux. A policy that the
    /// environment variable <c>OMP_WAIT_POLICY</c> sets, for the process or in it, is kept.
    /// </returns>
    /// <remarks>Call it first in <c>Main</c>. It sets the variable for native code, which .NET's environment does not reach.</remarks>
    public static bool UsePassiveWaiting()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        if (!File.ReadLines("/proc/self/maps").Any(line => line.Contains("libgomp", StringComparison.Ordinal)))
            SetEnvironment(WaitPolicy, Environment.GetEnvironmentVariable(WaitPolicy) ?? "PASSIVE", 0);
        return WaitsPassively;
    }

    /// <summary>Whether libtorch's threads sleep while they wait; true on systems on which this is not known.</summary>
    internal static bool WaitsPassively =>
        !OperatingSystem.IsLinux() || string.Equals(GetEnvironment(WaitPolicy), "PASSIVE", StringComparison.OrdinalIgnoreCase);

    private static bool AnyVersionIsAskedFor() => Environment.GetEnvironmentVariable(VersionVariable) switch
    {
        null or "" => false,
        var value when value.Equals("any", StringComparison.OrdinalIgnoreCase) => true,
        var value => throw new LibTorchLoadException($"{VersionVariable} is '{value}'; 'any' was expected, or no such variable."),
    };

    [LibraryImport("libc", EntryPoint = "setenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int SetEnvironment(string name, string value, int overwrite);

    [LibraryImport("libc", EntryPoint = "getenv", StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint ReadEnvironment(string name);

    // .NET's own copy does not show what setenv changed.
    private static string? GetEnvironment(string name) => Marshal.PtrToStringUTF8(ReadEnvironment(name));
}
