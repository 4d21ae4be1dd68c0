using System.Text.Json;
using NUnit.Framework;

namespace ClassroomKD.Tests.Pose;

/// <summary>Golden vectors: from the folder CLASSROOMKD_GOLDEN names, else from those built with the tests.</summary>
internal static class GoldenFile
{
    public static string Path(string name)
    {
        var folder = Environment.GetEnvironmentVariable("CLASSROOMKD_GOLDEN")
            ?? System.IO.Path.Combine(TestContext.CurrentContext.TestDirectory, "Golden");
        var path = System.IO.Path.Combine(folder, name);
        if (!File.Exists(path))
            Assert.Ignore($"{path} is not there.");
        return path;
    }

    public static JsonElement Json(string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path(name)));
        return document.RootElement.Clone();
    }

    /// <summary>All numbers of an array of any depth, in order.</summary>
    public static double[] Numbers(this JsonElement element) =>
        element.ValueKind == JsonValueKind.Number ? [element.GetDouble()] : [.. element.EnumerateArray().SelectMany(Numbers)];
}
