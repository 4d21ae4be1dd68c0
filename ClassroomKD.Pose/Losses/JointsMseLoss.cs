using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>HRNet's heatmap loss (arXiv 1902.09212): half the mean squared error of weighted maps.</summary>
public static class JointsMseLoss
{
    /// <summary><c>(1/K) sum_k 1/2 mean over B, H, W of (w P - w T)²</c></summary>
    /// <remarks>The weight enters squared, and joints of weight 0 stay in the denominator.</remarks>
    /// <param name="heatmaps">P, predicted <c>[B, K, H, W]</c>; half precision is computed in float32</param>
    /// <param name="target">T, same shape</param>
    /// <param name="weights">w <c>[B, K]</c></param>
    /// <returns>A scalar, differentiable in P and T; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor Compute(Tensor heatmaps, Tensor target, Tensor weights)
    {
        using var scope = NewDisposeScope();
        return PerSample(heatmaps, target, weights).mean().MoveToOuterDisposeScope();
    }

    /// <summary><c>(1/K) sum_k 1/2 mean over H, W of (w P - w T)²</c>; <see cref="Compute"/> is the mean over the samples.</summary>
    /// <inheritdoc cref="Compute" path="/param"/>
    /// <returns><c>[B]</c>, differentiable in P and T; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor PerSample(Tensor heatmaps, Tensor target, Tensor weights)
    {
        using var scope = NewDisposeScope();
        return HeatmapError.WeightedSquares(heatmaps, target, weights).mean([1, 2, 3]).mul(Scalars.Half).MoveToOuterDisposeScope();
    }
}
