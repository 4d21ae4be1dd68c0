namespace ClassroomKD.Pose;

/// <summary>What a student's loss against the truth is computed from. All tensors are on one device.</summary>
/// <typeparam name="TMaps"><see cref="Tensor"/> for heatmaps <c>[B, K, H, W]</c>, <see cref="SimccAnswer"/> for bins.</typeparam>
public readonly struct PoseLossArguments<TMaps>
{
    /// <summary>The student's answer, part of its graph.</summary>
    public required TMaps Student { get; init; }

    /// <summary>The truth as the student should have answered it, detached; zeros for joints of weight 0.</summary>
    public required TMaps Target { get; init; }

    /// <summary>How much each joint counts, <c>[B, K]</c>, detached: 0 where it is not annotated or lies outside the map.</summary>
    public required Tensor Weights { get; init; }
}

/// <summary>How far a student's maps are from the truth, per sample: the extension point for losses against the truth.</summary>
/// <typeparam name="TMaps"><see cref="Tensor"/> for heatmaps <c>[B, K, H, W]</c>, <see cref="SimccAnswer"/> for bins.</typeparam>
/// <remarks>
/// Set it as <see cref="HeatmapTaskOptions.Loss"/> or <see cref="SimccTaskOptions.Loss"/>. Called once per step, on the training thread,
/// inside a dispose scope. Implementations are stateless, read nothing back from the device and make no implicit
/// <see cref="TorchSharp.Scalar"/> (see <see cref="Scalars"/>).
/// </remarks>
public interface IPoseLoss<TMaps>
{
    /// <summary>Computes the loss of each sample.</summary>
    /// <param name="arguments">Answer, truth and weights.</param>
    /// <returns><c>[B]</c>, differentiable in the student's maps; 0 where no joint has a weight above 0.</returns>
    Tensor PerSample(in PoseLossArguments<TMaps> arguments);
}
