using System.Text.Json;
using System.Text.Json.Serialization;

namespace ClassroomKD.Pose;

/// <summary>What is needed to read the tensors of a <see cref="PoseAnswer"/>, as recordings keep it: either heatmaps or bins.</summary>
internal sealed record PoseStatement
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Converters = { new JsonStringEnumConverter() },
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public Maps? Heatmaps { get; init; }

    public Bins? Simcc { get; init; }

    public Map? Joints { get; init; }

    /// <exception cref="JsonException">It is no statement.</exception>
    public static PoseStatement? Parse(string text) => JsonSerializer.Deserialize<PoseStatement>(text, Json);

    public string ToText() => JsonSerializer.Serialize(this, Json);

    public static Map? Of(JointMap? joints) => joints is null ? null : new(joints.From, joints.Sources);

    public sealed record Maps(int InputWidth, int InputHeight, int Width, int Height, HeatmapEncoding Encoding, double Sigma);

    public sealed record Bins(int InputWidth, int InputHeight, double Split, double SigmaX, double SigmaY, double Sharpness);

    public sealed record Map(int From, IReadOnlyList<IReadOnlyList<int>> Sources);
}
