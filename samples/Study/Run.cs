using System.Text.Json;
using System.Text.Json.Serialization;

namespace Study;

/// <summary>One training of a student.</summary>
/// <param name="Stage">What it is for.</param>
/// <param name="MentorSet">The set that teaches; of the single best mentor <c>only-</c> and its name; alone <c>none</c>.</param>
/// <param name="Mentors">Who teaches.</param>
/// <param name="Student">The student.</param>
/// <param name="Method">The method.</param>
/// <param name="Setting">Which of its settings.</param>
/// <param name="Seed">The seed.</param>
internal sealed record Run(
    Stage Stage, string MentorSet, IReadOnlyList<string> Mentors, string Student, string Method, int Setting, int Seed)
{
    [JsonIgnore]
    public string Id => $"{Stage}_{MentorSet}_{Student}_{Method}_{Setting}_{Seed}".ToLowerInvariant();

    /// <summary>Whether its curves are shown in a report.</summary>
    public bool IsShown(Grid grid) => Stage == Stage.Final && Seed == grid.Seeds[0];
}

/// <summary>A line of the results.</summary>
[JsonDerivedType(typeof(MentorLine), "mentor")]
[JsonDerivedType(typeof(RunLine), "run")]
[JsonDerivedType(typeof(DataLine), "data")]
internal abstract record ResultLine
{
    /// <summary>How long it took.</summary>
    public required double Seconds { get; init; }

    public string ToJson() => JsonSerializer.Serialize(this, Grid.Json);
}

/// <summary>The images of a study.</summary>
internal sealed record DataLine : ResultLine
{
    public required int Training { get; init; }

    public required int HeldOut { get; init; }

    public required int Test { get; init; }

    public required int Classes { get; init; }
}

/// <summary>A mentor and how well it does.</summary>
internal sealed record MentorLine : ResultLine
{
    public required string Name { get; init; }

    public string? Network { get; init; }

    public long? Parameters { get; init; }

    public required double HeldOut { get; init; }

    /// <summary>On the images of the last table; null: it was not examined on them.</summary>
    public double? Test { get; init; }
}

/// <summary>What a training gave.</summary>
internal sealed record RunLine : ResultLine
{
    public required Run Run { get; init; }

    public required Setting SettingTried { get; init; }

    /// <summary>Accuracy on the images to choose by.</summary>
    public required double HeldOut { get; init; }

    /// <summary>Accuracy on the images of the last table; null: it is no run for it.</summary>
    public double? Test { get; init; }

    public required double Loss { get; init; }

    /// <summary>On which share of the images each mentor taught in the last epoch.</summary>
    public IReadOnlyDictionary<string, double>? Taught { get; init; }

    /// <summary>The mentors' share of the loss in the last epoch.</summary>
    public required double MentorShare { get; init; }

    public required long Steps { get; init; }

    public required string Device { get; init; }

    /// <summary>The library's version and commit; null: a line from before they were kept.</summary>
    public string? Version { get; init; }
}
