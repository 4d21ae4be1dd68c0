using System.Runtime.InteropServices;
using System.Text.RegularExpressions;

namespace ClassroomKD;

/// <summary>A libtorch in a folder of its own: torch/lib of a PyTorch wheel, or lib of an unpacked libtorch.</summary>
internal static partial class InstalledLibTorch
{
    /// <summary>The version that TorchSharp's native part was built against.</summary>
    public const string Version = "2.10";

    public const string VersionVariable = "CLASSROOMKD_LIBTORCH_VERSION";

    // TorchSharp asks for its libraries by name, and the loader answers with those that are loaded already. They are therefore loaded
    // first, by path, each after those that it needs.
    private static readonly string[] Needed = ["c10", "torch_cpu"];
    private static readonly string[] NeededForCuda = ["c10_cuda", "torch_cuda"];

    /// <exception cref="LibTorchLoadException">A file is missing, does not load, or has another version.</exception>
    public static void Load(string folder, bool anyVersion)
    {
        var full = Path.GetFullPath(folder);
        if (!Directory.Exists(full))
            throw new LibTorchLoadException($"libtorch's folder {full} does not exist. {Expected}");
        string[] names = File.Exists(FileOf(full, NeededForCuda[^1])) ? [.. Needed, .. NeededForCuda, "torch"] : [.. Needed, "torch"];
        foreach (var name in names)
            if (!File.Exists(FileOf(full, name)))
                throw new LibTorchLoadException($"libtorch's folder {full} has no {NameOf(name)}. {Expected}");
        if (!anyVersion && VersionOf(full) is { } version && !version.StartsWith(Version + ".", StringComparison.Ordinal))
            throw new LibTorchLoadException(
                $"libtorch in {full} is version {version}; TorchSharp was built for {Version}. {VersionVariable}=any takes it " +
                "nevertheless, if all functions " +
                "that TorchSharp calls are in it.");
        if (LoadedElsewhere(full) is { } other)
            throw new LibTorchLoadException(
                $"libtorch is loaded already, from {other}; {full} cannot take its place. Call LibTorch.Load before anything of " +
                "TorchSharp.");

        foreach (var name in names)
            LoadFile(FileOf(full, name), full);
        try
        {
            var native = NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
            if (anyVersion)
                RefuseMissingFunctions(native, full);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw LibTorchLoadException.IsOldRuntime(exception)
                ? LibTorchLoadException.Explaining(exception)
                : new LibTorchLoadException(
                    $"TorchSharp's native library does not load on the libtorch in {full} (version {VersionOf(full) ?? "unknown"}); " +
                    $"TorchSharp was built for {Version}.{Environment.NewLine}The loader said: {exception.Message}",
                    exception);
        }
    }

    /// <summary>The version according to build-version (unpacked libtorch) or version.py (wheel), which are read and never run.</summary>
    internal static string? VersionOf(string folder)
    {
        var parent = Path.Combine(folder, "..");
        var (zip, wheel) = (Path.Combine(parent, "build-version"), Path.Combine(parent, "version.py"));
        if (File.Exists(zip))
            return File.ReadAllText(zip).Trim();
        return File.Exists(wheel) && PythonVersion().Match(File.ReadAllText(wheel)) is { Success: true } match
            ? match.Groups[1].Value
            : null;
    }

    private static string Expected =>
        $"A folder with {string.Join(", ", Needed.Append("torch").Select(NameOf))} was expected: torch/lib of a PyTorch {Version} " +
        $"wheel, or lib of an unpacked libtorch {Version}.";

    private static void LoadFile(string file, string folder)
    {
        try
        {
            NativeLibrary.Load(file);
        }
        catch (Exception exception) when (exception is DllNotFoundException or BadImageFormatException)
        {
            throw new LibTorchLoadException(
                $"{Path.GetFileName(file)} in {folder} does not load; it, or a library that it needs, is damaged, missing or for " +
                "another system." +
                $"{Environment.NewLine}The loader said: {exception.Message}",
                exception);
        }
    }

    // Linux binds a function when it is first called and ends the process where it is missing; other systems bind all when they load.
    private static void RefuseMissingFunctions(nint native, string folder)
    {
        if (!OperatingSystem.IsLinux() || LoadedFiles("LibTorchSharp").FirstOrDefault() is not { } file)
            return;
        var missing = ElfSymbols.Undefined(file).Where(symbol => !NativeLibrary.TryGetExport(native, symbol, out _)).ToList();
        if (missing.Count > 0)
            throw new LibTorchLoadException(
                $"TorchSharp's native library was built for libtorch {Version} and calls {missing.Count} functions that the one in " +
                $"{folder} (version " +
                $"{VersionOf(folder) ?? "unknown"}) lacks: {string.Join(", ", missing)}.");
    }

    private static string? LoadedElsewhere(string folder) =>
        LoadedFiles("torch_cpu").FirstOrDefault(path => !SameFile(path, FileOf(folder, "torch_cpu")));

    private static IEnumerable<string> LoadedFiles(string name)
    {
        const string Maps = "/proc/self/maps";
        return !File.Exists(Maps) ? [] : File.ReadLines(Maps)
            .Where(line => line.EndsWith($"/{NameOf(name)}", StringComparison.Ordinal))
            .Select(line => line[line.IndexOf('/', StringComparison.Ordinal)..]);
    }

    private static bool SameFile(string path, string other) => Resolve(path) == Resolve(other);

    private static string Resolve(string path) => File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;

    private static string FileOf(string folder, string name) => Path.Combine(folder, NameOf(name));

    private static string NameOf(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" : OperatingSystem.IsMacOS() ? $"lib{name}.dylib" : $"lib{name}.so";

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
