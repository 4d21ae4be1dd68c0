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
        var values = new List<double>();
        Collect(element, values);
        return tensor(values.ToArray()).reshape([.. shape]).to(type);
    }

    private static void Collect(JsonElement element, List<double> values)
    {
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var part in element.EnumerateArray())
                Collect(part, values);
        else
            values.Add(element.ValueKind switch { JsonValueKind.True => 1, JsonValueKind.False => 0, _ => element.GetDouble() });
    }
}
