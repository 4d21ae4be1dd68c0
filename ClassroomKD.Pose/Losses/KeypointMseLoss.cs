using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>MMPose's heatmap loss: the weighted mean squared error, without HRNet's half and with the weight once.</summary>
public static class KeypointMseLoss
{
    /// <summary><c>mean over B, K, H, W of w (P - T)²</c></summary>
    /// <remarks>Joints of weight 0 stay in the denominator.</remarks>
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

    /// <summary><c>mean over K, H, W of w (P - T)²</c>; <see cref="Compute"/> is the mean over the samples.</summary>
    /// <inheritdoc cref="Compute" path="/param"/>
    /// <returns><c>[B]</c>, differentiable in P and T; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public static Tensor PerSample(Tensor heatmaps, Tensor target, Tensor weights)
    {
        using var scope = NewDisposeScope();
        var (p, t, w) = HeatmapError.Prepare(heatmaps, target, weights);
        return (w * p.sub(t).Squared()).mean([1, 2, 3]).MoveToOuterDisposeScope();
    }
}
