using System.Text.Json;

namespace ClassroomKD.Tests.Golden;

/// <summary>
/// Golden vectors, made independently of this project. <c>CLASSROOMKD_GOLDEN</c> names another folder with files of the same names
/// and forms, and of any sizes; that folder alone may lack files.
/// </summary>
internal static class GoldenFile
{
    private static readonly string Own = System.IO.Path.Combine(AppContext.BaseDirectory, "Golden");

    public static string Path(string name)
    {
        var elsewhere = Environment.GetEnvironmentVariable("CLASSROOMKD_GOLDEN");
        var path = System.IO.Path.Combine(string.IsNullOrEmpty(elsewhere) ? Own : elsewhere, name);
        if (File.Exists(path))
            return path;
        if (string.IsNullOrEmpty(elsewhere))
            throw new FileNotFoundException($"There is no golden file {path}.", path);
        if (!Directory.Exists(elsewhere))
            throw new DirectoryNotFoundException($"CLASSROOMKD_GOLDEN names {elsewhere}, which does not exist.");
        Assert.Ignore($"CLASSROOMKD_GOLDEN lacks {name}.");
        return path;
    }

    public static JsonElement Read(string name)
    {
        using var stream = File.OpenRead(Path(name));
        using var document = JsonDocument.Parse(stream);
        return document.RootElement.Clone();
    }

    /// <summary>A number, or nested lists of numbers of one shape, as a float64 tensor.</summary>
    public static Tensor Tensor(this JsonElement element, ScalarType type = ScalarType.Float64)
    {
        var shape = new List<long>();
        for (var level = element; level.ValueKind == JsonValueKind.Array; level = level[0])
            shape.Add(level.GetArrayLength());
        return tensor(element.Numbers()).reshape([.. shape]).to(type);
    }

    /// <summary>All numbers of lists of any depth, in order; truth is 1.</summary>
    public static double[] Numbers(this JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => [.. element.EnumerateArray().SelectMany(Numbers)],
        JsonValueKind.True => [1],
        JsonValueKind.False => [0],
        _ => [element.GetDouble()],
    };
}
