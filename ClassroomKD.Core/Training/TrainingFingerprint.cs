using System.Globalization;
using System.Text.Json;
using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>What a training is made of, entry by entry, so that a checkpoint of another one is refused with the difference named.</summary>
internal static class TrainingFingerprint
{
    private static readonly JsonSerializerOptions Fields = new() { IncludeFields = true };

    public static Dictionary<string, string> Of(
        TrainerOptions options,
        long steps,
        Func<long, double?> rate,
        nn.Module student,
        optim.Optimizer optimizer,
        IReadOnlyDictionary<string, string> data,
        IReadOnlyDictionary<string, string>? classroom
    )
    {
        string Text(double? number) => number?.ToString("R", CultureInfo.InvariantCulture) ?? "none";
        var entries = new Dictionary<string, string>
        {
            ["epochs"] = options.Epochs.ToString(CultureInfo.InvariantCulture),
            ["steps"] = steps.ToString(CultureInfo.InvariantCulture),
            ["seed"] = options.Seed.ToString(CultureInfo.InvariantCulture),
            // A function cannot be compared; its values at eight places of the way can.
            ["student"] = Weights(student),
            ["optimizer"] = Settings(optimizer, withRate: options.LearningRate is null),
            ["learningRate"] = string.Join(' ', Enumerable.Range(0, 8).Select(i => Text(rate(i * steps / 8)))),
            ["maxGradientNorm"] = Text(options.MaxGradientNorm),
            ["averageDecay"] = Text(options.AverageDecay),
            ["validateEvery"] = options.ValidateEvery.ToString(CultureInfo.InvariantCulture),
            ["patience"] = Text(options.Patience),
        };
        foreach (var (name, text) in data)
            entries.Add($"data.{name}", text);
        foreach (var (name, text) in classroom ?? new Dictionary<string, string>())
            entries.Add(name, text);
        return entries;
    }

    // What weights there are, not what they are.
    private static string Weights(nn.Module student)
    {
        var weights = student.state_dict();
        var numbers = weights.Values.Sum(tensor => tensor.numel());
        var shapes = Sha256.OfLines(weights.OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => $"{entry.Key} {entry.Value.dtype} {string.Join('x', entry.Value.shape)}"));
        return string.Create(CultureInfo.InvariantCulture, $"{weights.Count} tensors of {numbers} numbers ({shapes[..12]})");
    }

    // The rate of the moment is set by the schedule; the first one counts where there is none.
    private static string Settings(optim.Optimizer optimizer, bool withRate)
    {
        var groups = (optimizer as OptimizerHelper)?.state_dict().Options ?? [];
        return $"{optimizer.GetType().Name} " + string.Join(' ', groups.Select(group =>
        {
            var settings = JsonSerializer.SerializeToNode(group, group.GetType(), Fields)!.AsObject();
            settings.Remove("LearningRate");
            if (!withRate)
                settings.Remove("InitialLearningRate");
            return settings.ToJsonString();
        }));
    }

    /// <exception cref="CheckpointException">An entry differs that may not.</exception>
    public static void RequireEqual(
        Dictionary<string, string> found,
        Dictionary<string, string> expected,
        ISet<string> accepted,
        string file
    )
    {
        var differences = expected
            .Keys.Union(found.Keys)
            .Where(name => !accepted.Contains(name))
            .Where(name => found.GetValueOrDefault(name) != expected.GetValueOrDefault(name))
            .Select(name =>
                $"{name} was {found.GetValueOrDefault(name) ?? "absent"} and is {expected.GetValueOrDefault(name) ?? "absent"}"
            )
            .ToList();
        if (differences.Count > 0)
            throw new CheckpointException(
                $"The checkpoint {file} is of another training: {string.Join("; ", differences)}. Begin in another "
                    + "folder, or name the differences that are "
                    + $"meant in {nameof(TrainerOptions)}.{nameof(TrainerOptions.AcceptedDifferences)}."
            );
    }

    /// <summary>A seed for one step (the finalizer of SplitMix64).</summary>
    public static long SeedOf(long seed, long step)
    {
        unchecked
        {
            var z = (ulong)seed + (0x9E3779B97F4A7C15UL * (ulong)(step + 1));
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9UL;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EBUL;
            return (long)((z ^ (z >> 31)) >> 1);
        }
    }
}
