namespace ClassroomKD.Pose;

/// <summary>
/// RTMPose's SimCC loss (KLDiscretLoss, arXiv 2303.07399): <c>(1/K) sum over K of w (KLx + KLy)</c> per sample, where each KL is
/// <c>KL(softmax(beta label) || softmax(beta logit))</c> divided by the number of bins.
/// </summary>
/// <remarks>The published value of a batch is the sum over its samples, not the mean. Half precision is computed in float32.</remarks>
public sealed class KlDiscretLoss : IPoseLoss<SimccAnswer>
{
    private readonly double beta;

    /// <summary>Creates a loss of one sharpness.</summary>
    /// <param name="beta">What labels and logits are multiplied by. Default 10.</param>
    /// <exception cref="ArgumentException">Beta is not above 0.</exception>
    public KlDiscretLoss(double beta = 10)
    {
        Expect.AboveZero(beta, "beta", nameof(beta));
        this.beta = beta;
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseLossArguments<SimccAnswer> arguments)
    {
        using var scope = NewDisposeScope();
        var (answer, labels, weights) = (arguments.Student, arguments.Target, arguments.Weights);
        var x = Axis(answer.X, labels.X, weights);
        return x.add(Axis(answer.Y, labels.Y, weights), Scalars.One).MoveToOuterDisposeScope();
    }

    private Tensor Axis(Tensor answer, Tensor labels, Tensor weights)
    {
        Expect.Bins(answer, labels, weights);
        var share = weights.to_type(answer.FullPrecision()).div(Scalars.Of(answer.size(1) * answer.size(2))).unsqueeze(0);
        return JointDivergence.PerSample(answer, labels, share, ones_like(share.select(2, 0)), null, beta);
    }
}
