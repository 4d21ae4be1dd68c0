namespace ClassroomKD.Pose;

/// <summary>
/// Online hard keypoint mining (CPN, arXiv 1711.07319): per sample the mean of <c>mean over H, W of (w P - w T)²</c> over its hardest
/// joints, halved in HRNet's form.
/// </summary>
/// <remarks>The published value of a batch is the mean over its samples. Half precision is computed in float32.</remarks>
public sealed class OhkmLoss : IPoseLoss<Tensor>
{
    private readonly bool halved;

    /// <summary>Creates a loss of the hardest joints.</summary>
    /// <param name="hardest">How many joints count per sample. Default 8.</param>
    /// <param name="halved">True (default) for HRNet's factor 1/2, false for MMPose's form.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="hardest"/> is below 1.</exception>
    public OhkmLoss(int hardest = 8, bool halved = true)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(hardest, 1);
        (Hardest, this.halved) = (hardest, halved);
    }

    /// <summary>How many joints count per sample.</summary>
    public int Hardest { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit, or there are fewer joints than <see cref="Hardest"/>.</exception>
    public Tensor PerSample(in PoseLossArguments<Tensor> arguments)
    {
        using var scope = NewDisposeScope();
        var perJoint = HeatmapError.WeightedSquares(arguments).mean([2, 3]);
        if (Hardest > perJoint.size(1))
            throw new ArgumentException($"Expected at least {Hardest} joints, found {perJoint.size(1)}.", nameof(arguments));
        var loss = perJoint.topk(Hardest, 1).values.mean([1]);
        return (halved ? loss.mul(Scalars.Half) : loss).MoveToOuterDisposeScope();
    }
}
