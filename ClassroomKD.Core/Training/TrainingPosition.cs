using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClassroomKD;

/// <summary>Where a training stands, beside its tensors; the text of a checkpoint, and the tensor of its epochs.</summary>
internal sealed record TrainingPosition
{
    // A mentor that never taught has a mean temperature of NaN.
    private static readonly JsonSerializerOptions Json = new()
    {
        NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals, RespectNullableAnnotations = true,
    };

    private readonly List<byte> lines = [];

    public int Version { get; init; } = 2;

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

    /// <summary>What the epochs gave; with many classes they are long, so that each is made a line of text once, when it ends.</summary>
    [JsonIgnore]
    public List<EpochResult> Epochs { get; } = [];

    public Dictionary<string, string> Fingerprint { get; init; } = [];

    public void Add(EpochResult result)
    {
        Epochs.Add(result);
        lines.AddRange(JsonSerializer.SerializeToUtf8Bytes(result, Json));
        lines.Add((byte)'\n');
    }

    /// <summary>The lines of <see cref="Epochs"/>, uint8; in the caller's dispose scope.</summary>
    public Tensor WriteEpochs() => tensor(lines.ToArray());

    /// <exception cref="CheckpointException">A line is no epoch, or the best epoch is none of them.</exception>
    public void ReadEpochs(Tensor text, string file)
    {
        try
        {
            foreach (var line in Encoding.UTF8.GetString(text.bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries))
                Add(JsonSerializer.Deserialize<EpochResult>(line, Json) is { } result
                    ? result.Teaching?.Fault is { } fault ? throw new JsonException(fault) : result
                    : throw new JsonException("null"));
            if (BestEpoch is { } best && Epochs.Find(epoch => epoch.Epoch == best)?.Validation is null)
                throw new JsonException($"epoch {best}, the best one, was not validated");
        }
        catch (JsonException exception)
        {
            throw new CheckpointException($"The checkpoint {file} does not say what its epochs gave: {exception.Message}", exception);
        }
    }

    public string ToText() => JsonSerializer.Serialize(this, Json);

    /// <exception cref="CheckpointException">The text is of another version, or no position.</exception>
    public static TrainingPosition Of(string text, string file)
    {
        try
        {
            if (JsonSerializer.Deserialize<TrainingPosition>(text, Json) is { Version: 2 } position)
                return position is
                {
                    Epoch: >= 0, Batch: >= 0, Step: >= 0, ClassroomStep: >= 0, TalliedLessons: >= 0, SummedSteps: >= 0,
                }
                    ? position
                    : throw new JsonException("a count is negative");
        }
        catch (JsonException exception)
        {
            throw new CheckpointException($"The checkpoint {file} does not say where the training stands: {exception.Message}", exception);
        }

        throw new CheckpointException($"The checkpoint {file} is of another version of ClassroomKD.");
    }
}
