using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Replaces a rectangle of every image by that of another image of the batch, and its label in proportion to the area.</summary>
/// <remarks>
/// Yun et al., "CutMix: Regularization Strategy to Train Strong Classifiers with Localizable Features", ICCV 2019: a rectangle of
/// <c>sqrt(1 - s)</c> times the sides, <c>s ~ Beta(alpha, alpha)</c>, with its center anywhere in the image and clipped to it; labels are
/// mixed by the area that is left. One rectangle per batch, as in the authors' code.
/// </remarks>
public sealed class CutMix : ILabelMixing
{
    /// <summary>Creates the mixing.</summary>
    /// <param name="alpha">Both parameters of the Beta distribution, above 0; 1 in the paper.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="alpha"/> is not positive and finite.</exception>
    public CutMix(double alpha = 1) => Alpha = MixingInput.Positive(alpha);

    /// <summary>Both parameters of the Beta distribution.</summary>
    public double Alpha { get; }

    /// <inheritdoc/>
    public (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor targets, long seed)
    {
        MixingInput.Require(images, targets);
        using var scope = NewDisposeScope();
        var random = SplitMix64.Of(seed);
        var side = Math.Sqrt(1 - BetaDistribution.Draw(ref random, Alpha));
        var (height, width) = ((int)images.size(2), (int)images.size(3));
        var (top, rows) = Span(ref random, height, side);
        var (left, columns) = Span(ref random, width, side);
        var partners = Partners.Draw(images.size(0), ref random, images.device);
        var mixed = images.clone();
        if (rows > 0 && columns > 0)
            mixed.narrow(2, top, rows).narrow(3, left, columns)
                .copy_(images.narrow(2, top, rows).narrow(3, left, columns).index_select(0, partners));
        var share = 1 - (double)rows * columns / ((double)height * width);
        var labels = Partners.Blend(targets, targets.index_select(0, partners), share);
        return (mixed.MoveToOuterDisposeScope(), labels.MoveToOuterDisposeScope());
    }

    private static (int Start, int Count) Span(ref SplitMix64 random, int length, double side)
    {
        var half = (int)(length * side) / 2;
        var center = random.Below(length);
        var start = Math.Max(center - half, 0);
        return (start, Math.Min(center + half, length) - start);
    }
}
