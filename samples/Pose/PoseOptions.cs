using TorchSharp;

namespace PoseSample;

/// <summary>What the command line asks for.</summary>
internal sealed record PoseOptions
{
    /// <summary>Losses against mentors are hundreds of times larger than those against the truth; see docs/pose.md.</summary>
    public const double MeasuredFactor = .001;

    /// <summary>A COCO folder; null: generated figures.</summary>
    public string? Data { get; init; }

    public required int Epochs { get; init; }

    public required int Seeds { get; init; }

    public required torch.Device Device { get; init; }

    /// <summary>The weight of what mentors say.</summary>
    public required double Factor { get; init; }

    public required string Output { get; init; }
}
