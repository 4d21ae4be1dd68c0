using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>A tensor's name, type and shape.</summary>
/// <param name="Name">As the network or the file has it.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The extents.</param>
public sealed record WeightsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Such as <c>fc.weight Float32 [100, 64]</c>.</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";

    internal static WeightsEntry Of(string name, Tensor tensor) => new(name, tensor.dtype, tensor.shape);
}

/// <summary>A tensor of a file that does not fit the network's of its name.</summary>
/// <param name="Expected">The network's.</param>
/// <param name="Found">The file's.</param>
public sealed record WeightsMismatch(WeightsEntry Expected, WeightsEntry Found)
{
    /// <summary>Such as <c>fc.weight: expected Float32 [100, 64], found Float32 [10, 64]</c>.</summary>
    public override string ToString() =>
        $"{Expected.Name}: expected {Expected.Type} [{string.Join(", ", Expected.Shape)}], found {Found.Type} [{string.Join(", ", Found.Shape)}]";
}
