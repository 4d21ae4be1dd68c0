using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>How far a student's picture of where each joint is lies from a mentor's, per sample, at the mentor's temperature.</summary>
/// <remarks>
/// Heatmaps peak at 1, so the softmax over 3072 cells would be almost uniform; beta sharpens it first. The mask is the one of the truth.
/// <see cref="HeatmapTask"/> and <see cref="SimccTask"/> compute the same for all mentors at once.
/// </remarks>
public static class SpatialKlLoss
{
    /// <summary><c>T² KL(softmax(beta m / T) || softmax(beta s / T))</c> over H, W; mean over the visible joints.</summary>
    /// <param name="student">s, predicted <c>[B, K, H, W]</c>; half precision is computed in float32</param>
    /// <param name="mentor">m, same shape; no gradient flows into it</param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible, all alike</param>
    /// <param name="temperatures">T for each sample <c>[B]</c></param>
    /// <param name="beta">default 10</param>
    /// <returns><c>[B]</c>, 0 for a sample without a visible joint, differentiable in s; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or beta is not above 0.</exception>
    public static Tensor PerSample(Tensor student, Tensor mentor, Tensor weights, Tensor temperatures, double beta = 10)
    {
        Expect.Heatmaps(student, nameof(student));
        Expect.Same(student, mentor, nameof(mentor));
        Expect.Weights(weights, student.size(0), student.size(1), nameof(weights));
        Require(temperatures, student.size(0), beta);
        using var scope = NewDisposeScope();
        return Divergence(student.flatten(2), mentor.flatten(2), weights, temperatures, beta).MoveToOuterDisposeScope();
    }

    /// <summary>The same over the bins of SimCC, x and y added.</summary>
    /// <param name="student">predicted logits; half precision is computed in float32</param>
    /// <param name="mentor">same shape; no gradient flows into it</param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible, all alike</param>
    /// <param name="temperatures">T for each sample <c>[B]</c></param>
    /// <param name="beta">default 10</param>
    /// <returns><c>[B]</c>, 0 for a sample without a visible joint, differentiable in the logits; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or beta is not above 0.</exception>
    public static Tensor PerSample(SimccAnswer student, SimccAnswer mentor, Tensor weights, Tensor temperatures, double beta = 10)
    {
        KlDiscretLoss.RequireBins(student.X, mentor.X, weights);
        KlDiscretLoss.RequireBins(student.Y, mentor.Y, weights);
        Require(temperatures, student.X.size(0), beta);
        using var scope = NewDisposeScope();
        var x = Divergence(student.X, mentor.X, weights, temperatures, beta);
        return x.add(Divergence(student.Y, mentor.Y, weights, temperatures, beta), Scalars.One).MoveToOuterDisposeScope();
    }

    private static Tensor Divergence(Tensor student, Tensor mentor, Tensor weights, Tensor temperatures, double beta)
    {
        var mean = JointDivergence.MeanOver(weights.gt(Scalars.Zero), student.FullPrecision());
        return JointDivergence.Compute(
            student, [mentor], mean.unsqueeze(0), temperatures.to_type(mean.dtype).unsqueeze(0), null, beta).PerSample;
    }

    private static void Require(Tensor temperatures, long batch, double beta)
    {
        ArgumentNullException.ThrowIfNull(temperatures);
        if (temperatures.dim() != 1 || temperatures.size(0) != batch)
            throw new ArgumentException($"Expected a temperature for each sample [{batch}], found {temperatures.Describe()}.", nameof(temperatures));
        KlDiscretLoss.RequireBeta(beta);
    }
}
