using System.Diagnostics;

namespace ClassroomKD.Distributed;

/// <summary>Where NCCL is looked for.</summary>
internal static class NcclFiles
{
    private const string Name = "libnccl.so.2";

    /// <summary>Beside libtorch, in the neighboring package of a PyTorch wheel, then the system's.</summary>
    public static IReadOnlyList<string> Candidates(string? wanted)
    {
        if (!string.IsNullOrWhiteSpace(wanted))
            return [wanted];
        string[] beside = FolderOfLibTorch() is { } folder
            ? [Path.Combine(folder, Name), Path.GetFullPath(Path.Combine(folder, "../../nvidia/nccl/lib", Name))]
            : [];
        return [.. beside, Name];
    }

    private static string? FolderOfLibTorch()
    {
        using var process = Process.GetCurrentProcess();
        foreach (ProcessModule module in process.Modules)
            using (module)
                if (Path.GetFileNameWithoutExtension(module.FileName) == "libtorch_cuda")
                    return Path.GetDirectoryName(module.FileName);
        return null;
    }
}
