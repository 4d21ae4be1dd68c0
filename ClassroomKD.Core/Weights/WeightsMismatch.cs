namespace ClassroomKD;

/// <summary>A tensor of a file that does not fit the network's tensor of the same name.</summary>
/// <param name="Expected">The network's.</param>
/// <param name="Found">The file's.</param>
public sealed record WeightsMismatch(WeightsEntry Expected, WeightsEntry Found)
{
    /// <summary>Such as <c>fc.weight: expected Float32 [100, 64], found Float32 [10, 64]</c>.</summary>
    public override string ToString() =>
        $"{Expected.Name}: expected {Expected.Type} [{string.Join(", ", Expected.Shape)}], found {Found.Type} " +
        $"[{string.Join(", ", Found.Shape)}]";
}
