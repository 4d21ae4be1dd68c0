using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>libtorch or TorchSharp's native part does not load on this system; the message says why and what to do.</summary>
public sealed class LibTorchLoadException : Exception
{
    /// <summary>An exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause. Default null: none.</param>
    public LibTorchLoadException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>The meaning of a failure of the system's loader, and the remedies.</summary>
    internal static LibTorchLoadException Explaining(Exception failure) => new(
        (IsOldRuntime(failure)
            ? "TorchSharp's native library needs a newer C++ runtime than this system has (GLIBCXX_3.4.32, which libstdc++ has since " +
                "GCC 13). " +
              "Either build or publish with ClassroomKD.Core as a package reference and the property ClassroomKDWeakenGlibcxx set to " +
              "'auto' " +
              "(building on this system) or 'always' (building elsewhere), which marks that need weak in the output folder's copy; " +
              "or run on a system with libstdc++ of GCC 13 or later, such as Debian 13 or Ubuntu 24.04."
            : $"libtorch was not found or does not load on {RuntimeInformation.RuntimeIdentifier}. TorchSharp brings no libtorch of " +
                "its own: either " +
              "add the package for this system to the application (libtorch-cpu-linux-x64, libtorch-cpu-win-x64, " +
              "libtorch-cpu-osx-arm64, or a " +
              "TorchSharp-cuda package), in the version that TorchSharp names; or name the folder of an installed libtorch of that " +
              "version in the " +
              "environment variable CLASSROOMKD_LIBTORCH, which LibTorch.Load reads.") +
        $"{Environment.NewLine}The loader said: {failure.Message}",
        failure);

    /// <summary>Whether the loader misses a newer C++ runtime, and not libtorch.</summary>
    internal static bool IsOldRuntime(Exception failure) => failure.Message.Contains("GLIBCXX_", StringComparison.Ordinal);
}
