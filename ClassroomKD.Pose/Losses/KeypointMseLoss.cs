namespace ClassroomKD.Pose;

/// <summary>MMPose's heatmap loss: <c>mean over K, H, W of w (P - T)²</c> per sample.</summary>
/// <remarks>
/// The published value of a batch is the mean over its samples. Joints of weight 0 stay in the denominator. Half precision is computed in
/// float32.
/// </remarks>
public sealed class KeypointMseLoss : IPoseLoss<Tensor>
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseLossArguments<Tensor> arguments)
    {
        using var scope = NewDisposeScope();
        var (p, t, w) = HeatmapError.Prepare(arguments);
        return (w * p.sub(t).Squared()).mean([1, 2, 3]).MoveToOuterDisposeScope();
    }
}
