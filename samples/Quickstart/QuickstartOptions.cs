using ClassroomKD;
using TorchSharp;

namespace Quickstart;

/// <summary>What the command line asks for.</summary>
internal sealed record QuickstartOptions
{
    /// <summary>A CIFAR-10 or CIFAR-100 folder in the official binary format; null: generated images.</summary>
    public string? Data { get; init; }

    public required int Epochs { get; init; }

    public required int Seeds { get; init; }

    public required torch.Device Device { get; init; }

    public required ClassroomPreset Preset { get; init; }

    public required string Output { get; init; }
}
