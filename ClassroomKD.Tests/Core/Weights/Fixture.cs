using System.Diagnostics;
using System.Globalization;
using System.Text.Json;

namespace ClassroomKD.Tests.Core.Weights;

/// <summary>Files that Python's PyTorch wrote, and what it says they hold (Fixtures/make_fixtures.py).</summary>
internal static class Fixture
{
    public static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "Core", "Weights", "Fixtures");

    private static readonly Lazy<string?> PythonPath = new(() =>
        new[] { "python3", "/usr/bin/python3" }.FirstOrDefault(candidate => Run(candidate, ["-c", "import torch, numpy"]).Code == 0));

    public static string[] Readable =>
    [
        .. Directory.GetFiles(Folder, "*.pth").Select(path => Path.GetFileName(path))
            .Where(name => !name.StartsWith("refused", StringComparison.Ordinal)).Order(),
    ];

    public static string Of(string name) => Path.Combine(Folder, name);

    public static JsonElement Expected(string folder, string name)
    {
        using var document = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(folder, "expected.json")));
        return document.RootElement.GetProperty(name).Clone();
    }

    public static void ShouldHold(this StateDictionary weights, JsonElement expected)
    {
        weights.Keys.Should().Equal(expected.EnumerateObject().Select(tensor => tensor.Name));
        foreach (var tensor in expected.EnumerateObject())
            weights[tensor.Name].ShouldHold(tensor.Value, tensor.Name);
    }

    public static void ShouldHold(this Tensor actual, JsonElement expected, string name)
    {
        using var scope = NewDisposeScope();
        var type = expected.GetProperty("dtype").GetString()!;
        actual.dtype.Should().Be(type == "uint8" ? ScalarType.Byte : Enum.Parse<ScalarType>(type, ignoreCase: true), name);
        actual.shape.Should().Equal(expected.GetProperty("shape").EnumerateArray().Select(extent => extent.GetInt64()), name);
        // TorchSharp cannot list the elements of an empty tensor.
        (actual.numel() == 0 ? [] : actual.Doubles())
            .Should().Equal(expected.GetProperty("values").EnumerateArray().Select(value => value.GetDouble()), name);
    }

    /// <summary>Runs Python with PyTorch; the test is skipped where there is none.</summary>
    public static string Python(params string[] arguments)
    {
        if (PythonPath.Value is null)
            Assert.Ignore("There is no python3 with torch.");
        var (code, output, errors) = Run(PythonPath.Value!, arguments);
        code.Should().Be(0, errors);
        return output;
    }

    /// <summary>Without those that earlier tests left to the collector.</summary>
    public static long LiveTensors()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }

    public static readonly string Script = Of("make_fixtures.py");

    public static string Invariant(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static (int Code, string Output, string Errors) Run(string program, string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
            var errors = process.StandardError.ReadToEndAsync();
            var output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return (process.ExitCode, output, errors.Result);
        }
        catch (System.ComponentModel.Win32Exception e)
        {
            return (-1, "", e.Message);
        }
    }
}
