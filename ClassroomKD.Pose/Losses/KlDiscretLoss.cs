using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>RTMPose's SimCC loss (KLDiscretLoss, arXiv 2303.07399).</summary>
public static class KlDiscretLoss
{
    /// <summary>
    /// <c>(1/K) sum over B, K of w (KLx + KLy)</c>, where each KL is <c>KL(softmax(beta label) || softmax(beta logit))</c> divided by the
    /// number of bins.
    /// </summary>
    /// <remarks>It is a sum over the batch, not a mean: twice the batch is twice the loss.</remarks>
    /// <param name="answer">logits; half precision is computed in float32</param>
    /// <param name="labels">of <see cref="SimccCodec.Encode"/>, or a teacher's logits; no gradient flows into them</param>
    /// <param name="weights">w <c>[B, K]</c></param>
    /// <param name="beta">sharpens both; default 10</param>
    /// <returns>A scalar, differentiable in the logits; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or beta is not above 0.</exception>
    public static Tensor Compute(SimccAnswer answer, SimccAnswer labels, Tensor weights, double beta = 10)
    {
        using var scope = NewDisposeScope();
        return PerSample(answer, labels, weights, beta).sum().MoveToOuterDisposeScope();
    }

    /// <summary><c>(1/K) sum over K of w (KLx + KLy)</c>: the loss of each sample by itself; <see cref="Compute"/> is their sum.</summary>
    /// <inheritdoc cref="Compute" path="/param"/>
    /// <returns><c>[B]</c>, differentiable in the logits; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or beta is not above 0.</exception>
    public static Tensor PerSample(SimccAnswer answer, SimccAnswer labels, Tensor weights, double beta = 10)
    {
        RequireBeta(beta);
        RequireBins(answer.X, labels.X, weights);
        RequireBins(answer.Y, labels.Y, weights);
        using var scope = NewDisposeScope();
        var x = Axis(answer.X, labels.X, weights, beta);
        return x.add(Axis(answer.Y, labels.Y, weights, beta), Scalars.One).MoveToOuterDisposeScope();
    }

    internal static void RequireBeta(double beta)
    {
        if (!(beta > 0 && double.IsFinite(beta)))
            throw new ArgumentException($"Expected beta above 0, found {beta}.", nameof(beta));
    }

    internal static void RequireBins(Tensor answer, Tensor labels, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.dim() != 3 || !answer.is_floating_point())
            throw new ArgumentException($"Expected floating-point bins [B, K, N], found {answer.Describe()}.", nameof(answer));
        Expect.Same(answer, labels, nameof(labels));
        Expect.Weights(weights, answer.size(0), answer.size(1), nameof(weights));
    }

    private static Tensor Axis(Tensor answer, Tensor labels, Tensor weights, double beta)
    {
        var share = weights.to_type(answer.FullPrecision()).div(Scalars.Of(answer.size(1) * answer.size(2))).unsqueeze(0);
        return JointDivergence.Compute(answer, [labels], share, ones_like(share.select(2, 0)), null, beta).PerSample;
    }
}
