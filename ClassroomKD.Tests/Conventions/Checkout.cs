namespace ClassroomKD.Tests.Conventions;

/// <summary>The files this test was built from.</summary>
internal static class Checkout
{
    /// <summary>The projects that become packages.</summary>
    public static readonly string[] Packages =
        ["ClassroomKD.Core", "ClassroomKD.Imaging", "ClassroomKD.Vision", "ClassroomKD.Pose", "ClassroomKD.Onnx", "ClassroomKD.Reports",
            "ClassroomKD.Distributed", "ClassroomKD.Testing"];

    private static readonly string[] Skipped = ["bin", "obj", "artifacts"];

    public static string Root { get; } = FindRoot();

    /// <summary>All files below a folder whose names end so, what was built left out; paths relative to the root, with slashes.</summary>
    public static IEnumerable<string> Files(string folder, params string[] endings)
    {
        var top = Path.Combine(Root, folder);
        foreach (var path in Directory.EnumerateFiles(top).Where(path => endings.Any(path.EndsWith)))
            yield return Path.GetRelativePath(Root, path).Replace('\\', '/');
        foreach (var below in Directory.EnumerateDirectories(top)
            .Where(path => Path.GetFileName(path) is var name && name[0] != '.' && !Skipped.Contains(name)))
            foreach (var path in Files(Path.GetRelativePath(Root, below), endings))
                yield return path;
    }

    public static string Read(string path) => File.ReadAllText(Path.Combine(Root, path));

    private static string FindRoot()
    {
        for (var at = new DirectoryInfo(AppContext.BaseDirectory); at is not null; at = at.Parent)
            if (File.Exists(Path.Combine(at.FullName, "ClassroomKD.sln")))
                return at.FullName;
        throw new DirectoryNotFoundException($"There is no ClassroomKD.sln above {AppContext.BaseDirectory}.");
    }
}
