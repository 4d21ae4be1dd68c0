namespace ClassroomKD.Pose;

/// <summary>SimCC as RTMPose uses it (arXiv 2303.07399): a joint is two Gaussians, over the bins of x and of y.</summary>
/// <remarks>Nothing is read back from the device.</remarks>
public sealed class SimccCodec
{
    /// <summary>Creates a codec for one input size.</summary>
    /// <param name="inputWidth">The input's width in pixels. Default 192.</param>
    /// <param name="inputHeight">The input's height in pixels. Default 256.</param>
    /// <param name="split">Bins per pixel. Default 2.</param>
    /// <param name="sigmaX">The spread in bins of x. Default 4.9, for 192.</param>
    /// <param name="sigmaY">The spread in bins of y. Default 5.66, for 256.</param>
    /// <exception cref="ArgumentException">A value is not above 0.</exception>
    public SimccCodec(int inputWidth = 192, int inputHeight = 256, double split = 2, double sigmaX = 4.9, double sigmaY = 5.66)
    {
        if (!(inputWidth > 0 && inputHeight > 0 && split > 0 && sigmaX > 0 && sigmaY > 0))
            throw new ArgumentException(
                $"Expected values above 0, found input {inputWidth}x{inputHeight}, split {split}, sigma ({sigmaX}, {sigmaY}).");
        (Split, SigmaX, SigmaY) = (split, sigmaX, sigmaY);
        (InputWidth, InputHeight) = (inputWidth, inputHeight);
        (BinsX, BinsY) = ((int)(inputWidth * split), (int)(inputHeight * split));
    }

    /// <summary>Pixels of the input in x.</summary>
    public int InputWidth { get; }

    /// <summary>Pixels of the input in y.</summary>
    public int InputHeight { get; }

    /// <summary>Bins per pixel.</summary>
    public double Split { get; }

    /// <summary>Spread of x in bins.</summary>
    public double SigmaX { get; }

    /// <summary>Spread of y in bins.</summary>
    public double SigmaY { get; }

    /// <summary>Bins of x.</summary>
    public int BinsX { get; }

    /// <summary>Bins of y.</summary>
    public int BinsY { get; }

    /// <summary>Draws joints as Gaussians around the bin next to them, over the full width, not normalized.</summary>
    /// <param name="joints">x and y in input pixels <c>[B, K, 2]</c>, floating-point.</param>
    /// <param name="weights"><c>[B, K]</c>; a joint of .5 or less is not drawn.</param>
    /// <returns>Labels in the joints' type; joints more than 3 sigma outside have weight 0. The caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public SimccTarget Encode(Tensor joints, Tensor weights)
    {
        Expect.Joints(joints, weights);
        using var scope = NewDisposeScope();
        var (x, y) = Nearest(joints);
        var kept = Kept(x, y, weights);
        var drawn = kept.gt(Scalars.Half).unsqueeze(-1);
        var labels = new SimccAnswer(
            (Gaussian(x, BinsX, SigmaX) * drawn).MoveToOuterDisposeScope(), (Gaussian(y, BinsY, SigmaY) * drawn).MoveToOuterDisposeScope());
        return new SimccTarget(labels, kept.MoveToOuterDisposeScope());
    }

    /// <summary>The highest bins; the score is the lower of both peaks.</summary>
    /// <param name="answer">Logits or labels; no gradient flows.</param>
    /// <returns>
    /// Positions in input pixels, and scores; where the score is not above 0 the bin is -1 (that is, -1 / split pixels) on both axes. The
    /// caller's dispose scope owns them.
    /// </returns>
    /// <exception cref="ArgumentException">A shape does not fit this codec.</exception>
    public DecodedJoints Decode(SimccAnswer answer)
    {
        Require(answer);
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var (highX, x) = answer.X.InFullPrecision().max(2);
        var (highY, y) = answer.Y.InFullPrecision().max(2);
        var score = highX.minimum(highY);
        var bins = stack([x, y], -1).to_type(score.dtype).masked_fill(score.le(Scalars.Zero).unsqueeze(-1), Scalars.MinusOne);
        return HeatmapDecoder.Leave(bins.div(Scalars.Of(Split)), score);
    }

    internal void Require(SimccAnswer answer)
    {
        ArgumentNullException.ThrowIfNull(answer.X, nameof(answer));
        ArgumentNullException.ThrowIfNull(answer.Y, nameof(answer));
        if (answer.X.dim() != 3 || answer.Y.dim() != 3 || answer.X.size(2) != BinsX || answer.Y.size(2) != BinsY
            || answer.X.size(0) != answer.Y.size(0) || answer.X.size(1) != answer.Y.size(1))
        {
            throw new ArgumentException(
                $"Expected bins [B, K, {BinsX}] and [B, K, {BinsY}], found {answer.X.Describe()} and {answer.Y.Describe()}.",
                nameof(answer));
        }
    }

    private (Tensor X, Tensor Y) Nearest(Tensor joints)
    {
        var bins = joints.mul(Scalars.Of(Split)).round();
        return (bins.select(-1, 0), bins.select(-1, 1));
    }

    private Tensor Kept(Tensor x, Tensor y, Tensor weights) =>
        weights.to_type(x.dtype) * Touches(x, BinsX, SigmaX).logical_and(Touches(y, BinsY, SigmaY));

    private static Tensor Touches(Tensor bin, int size, double sigma) =>
        bin.lt(Scalars.Of(size + 3 * sigma)).logical_and(bin.ge(Scalars.Of(-3 * sigma - 1)));

    private static Tensor Gaussian(Tensor bin, int size, double sigma) =>
        Arithmetic.Index(size, bin).sub(bin.unsqueeze(-1)).Gaussian(sigma);
}
