using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClassroomKD;

/// <summary>Where a training stands, beside its tensors; the text of a checkpoint.</summary>
internal sealed record TrainingPosition
{
    // A mentor that never taught has a mean temperature of NaN.
    private static readonly JsonSerializerOptions Json = new() { NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals };

    public int Version { get; init; } = 1;

    /// <summary>The epoch under way, and how many of its batches are done.</summary>
    public int Epoch { get; set; }

    public int Batch { get; set; }

    public long Step { get; set; }

    public long ClassroomStep { get; set; }

    /// <summary>How many lessons the classroom's tally holds, and how many of this epoch's steps the sum of losses.</summary>
    public long TalliedLessons { get; set; }

    public long SummedSteps { get; set; }

    public int ValidationsWithoutProgress { get; set; }

    public int? BestEpoch { get; set; }

    public bool StoppedEarly { get; set; }

    public List<EpochResult> Epochs { get; init; } = [];

    public Dictionary<string, string> Fingerprint { get; init; } = [];

    public string ToText() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="CheckpointException">The text is of another version, or no position.</exception>
    public static TrainingPosition Of(string text, string file)
    {
        try
        {
            if (JsonSerializer.Deserialize<TrainingPosition>(text, Json) is { Version: 1 } position)
                return position;
        }
        catch (JsonException exception)
        {
            throw new CheckpointException($"The checkpoint {file} does not say where the training stands: {exception.Message}", exception);
        }

        throw new CheckpointException($"The checkpoint {file} is of another version of ClassroomKD.");
    }
}
