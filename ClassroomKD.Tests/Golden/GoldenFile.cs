using System.Text.Json;

namespace ClassroomKD.Tests.Golden;

/// <summary>Golden vectors, made independently of this project; <c>CLASSROOMKD_GOLDEN</c> names another folder with files of the same names.</summary>
internal static class GoldenFile
{
    public static string Path(string name)
    {
        var elsewhere = Environment.GetEnvironmentVariable("CLASSROOMKD_GOLDEN");
        var folder = string.IsNullOrEmpty(elsewhere) ? System.IO.Path.Combine(AppContext.BaseDirectory, "Golden") : elsewhere;
        var path = System.IO.Path.Combine(folder, name);
        if (!File.Exists(path))
            Assert.Ignore($"There is no {name} in {folder}.");
        return path;
    }

    public static JsonElement Read(string name)
    {
        using var stream = File.OpenRead(Path(name));
        return JsonDocument.Parse(stream).RootElement;
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
