using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Online hard keypoint mining (CPN, arXiv 1711.07319): each sample learns from its hardest joints alone.</summary>
public static class OhkmLoss
{
    /// <summary>Per sample the mean over its hardest joints of <c>mean over H, W of (w P - w T)²</c>, halved in HRNet's form; mean over B.</summary>
    /// <param name="heatmaps">P, predicted <c>[B, K, H, W]</c>; half precision is computed in float32</param>
    /// <param name="target">T, same shape</param>
    /// <param name="weights">w <c>[B, K]</c></param>
    /// <param name="hardest">how many joints count per sample; default 8</param>
    /// <param name="halved">true (default) for HRNet's factor 1/2, false for MMPose's form</param>
    /// <returns>A scalar, differentiable in P and T; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or there are fewer joints than <paramref name="hardest"/>.</exception>
    public static Tensor Compute(Tensor heatmaps, Tensor target, Tensor weights, int hardest = 8, bool halved = true)
    {
        using var scope = NewDisposeScope();
        return PerSample(heatmaps, target, weights, hardest, halved).mean().MoveToOuterDisposeScope();
    }

    /// <summary>The same for each sample; <see cref="Compute"/> is the mean over them.</summary>
    /// <inheritdoc cref="Compute" path="/param"/>
    /// <returns><c>[B]</c>, differentiable in P and T; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or there are fewer joints than <paramref name="hardest"/>.</exception>
    public static Tensor PerSample(Tensor heatmaps, Tensor target, Tensor weights, int hardest = 8, bool halved = true)
    {
        using var scope = NewDisposeScope();
        var perJoint = HeatmapError.WeightedSquares(heatmaps, target, weights).mean([2, 3]);
        if (hardest < 1 || hardest > perJoint.size(1))
            throw new ArgumentException($"Expected 1 to {perJoint.size(1)} hardest joints, found {hardest}.", nameof(hardest));
        var loss = perJoint.topk(hardest, 1).values.mean([1]);
        return (halved ? loss.mul(Scalars.Half) : loss).MoveToOuterDisposeScope();
    }
}
