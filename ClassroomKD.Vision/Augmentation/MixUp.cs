using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Replaces every image and label by a weighted mean of itself and another of the batch.</summary>
/// <remarks>
/// Zhang, Cisse, Dauphin and Lopez-Paz, "mixup: Beyond Empirical Risk Minimization", ICLR 2018: <c>x = s x_i + (1 - s) x_j</c>,
/// <c>y = s y_i + (1 - s) y_j</c> with <c>s ~ Beta(alpha, alpha)</c>, one s per batch and j a permutation, as in the authors' code.
/// </remarks>
public sealed class MixUp : ILabelMixing
{
    /// <summary>Creates the mixing.</summary>
    /// <param name="alpha">Both parameters of the Beta distribution, above 0: 0.2 on ImageNet, 1 on CIFAR in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not positive and finite.</exception>
    public MixUp(double alpha = 0.2) => Alpha = MixingInput.Positive(alpha);

    /// <summary>Both parameters of the Beta distribution.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor targets, long seed)
    {
        MixingInput.Require(images, targets);
        using var scope = NewDisposeScope();
        var random = SplitMix64.Of(seed);
        var share = BetaDistribution.Draw(ref random, Alpha);
        var partners = Partners.Draw(images.size(0), ref random, images.device);
        var (mixed, labels) = (
            Partners.Blend(images, images.index_select(0, partners), share),
            Partners.Blend(targets, targets.index_select(0, partners), share));
        return (mixed.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }
}
