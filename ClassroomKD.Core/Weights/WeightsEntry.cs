namespace ClassroomKD;

/// <summary>A tensor's name, type and shape.</summary>
/// <param name="Name">The name in the network or the file.</param>
/// <param name="Type">The element type.</param>
/// <param name="Shape">The extents.</param>
public sealed record WeightsEntry(string Name, ScalarType Type, IReadOnlyList<long> Shape)
{
    /// <summary>Such as <c>fc.weight Float32 [100, 64]</c>.</summary>
    public override string ToString() => $"{Name} {Type} [{string.Join(", ", Shape)}]";

    internal static WeightsEntry Of(string name, Tensor tensor) => new(name, tensor.dtype, tensor.shape);
}
