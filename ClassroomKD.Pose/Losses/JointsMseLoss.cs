namespace ClassroomKD.Pose;

/// <summary>HRNet's heatmap loss (arXiv 1902.09212): <c>(1/K) sum_k 1/2 mean over H, W of (w P - w T)²</c> per sample.</summary>
/// <remarks>
/// The published value of a batch is the mean over its samples. The weight enters squared, and joints of weight 0 stay in the denominator.
/// Half precision is computed in float32.
/// </remarks>
public sealed class JointsMseLoss : IPoseLoss<Tensor>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseLossArguments<Tensor> arguments)
    {
        using var scope = NewDisposeScope();
        return HeatmapError.WeightedSquares(arguments).mean([1, 2, 3]).mul(Scalars.Half).MoveToOuterDisposeScope();
    }
}
