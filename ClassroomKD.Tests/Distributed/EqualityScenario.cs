using System.Text.Json;
using System.Text.Json.Serialization;
using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>What a training gave: of the processes together, or of one with the whole batch.</summary>
internal sealed record Outcome(double[] Losses, double[] Weights, string Report, double Score);

/// <summary>Trains in every way; rank 0 writes what came out to a file.</summary>
internal static class EqualityScenario
{
    public const int Epochs = 3;

    private static readonly JsonSerializerOptions AnyNumber = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public static readonly (string Kind, ClassroomPreset Preset)[] Cases =
        [.. from kind in (string[])["classes", "poses"]
            from preset in (ClassroomPreset[])[ClassroomPreset.Paper, ClassroomPreset.Sample, ClassroomPreset.Batch]
            select (kind, preset)];

    public static void Run(IProcessGroup group, string[] arguments)
    {
        CollectivesScenario.Run(group, []);
        var outcomes = new Dictionary<string, Outcome>();
        foreach (var (kind, preset) in Cases)
        {
            outcomes[$"loop {kind} {preset}"] = Loop(group, kind, preset);
            outcomes[$"trainer {kind} {preset}"] = Train(group, kind, preset);
        }

        if (group.Rank == 0)
            File.WriteAllText(arguments[0], JsonSerializer.Serialize(outcomes, AnyNumber));
    }

    public static Dictionary<string, Outcome> Read(string path) =>
        JsonSerializer.Deserialize<Dictionary<string, Outcome>>(File.ReadAllText(path), AnyNumber)!;

    public static Outcome Loop(IProcessGroup group, string kind, ClassroomPreset preset)
    {
        using var school = Schools.Of(kind, preset);
        var (losses, weights) = school.Loop(group, Epochs);
        return new Outcome(losses, weights, "", 0);
    }

    public static Outcome Train(IProcessGroup group, string kind, ClassroomPreset preset)
    {
        using var school = Schools.Of(kind, preset);
        using var parallel = new DataParallel(group);
        var options = new TrainerOptions { Epochs = Epochs, MaxGradientNorm = 0.5, AverageDecay = 0.9, WarmUpSteps = 3 };
        var result = school.Train(group.Size == 1 ? null : parallel, options);
        var last = result.Epochs[^1];
        return new Outcome(
            [.. result.Epochs.Select(epoch => epoch.Loss)], school.Weights, last.Teaching!.ToString(), last.Validation?.Score ?? 0);
    }
}
