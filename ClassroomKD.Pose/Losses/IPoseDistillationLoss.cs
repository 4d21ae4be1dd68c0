namespace ClassroomKD.Pose;

/// <summary>What a student's loss against one mentor is computed from. All tensors are on one device.</summary>
/// <typeparam name="TMaps"><see cref="Tensor"/> for heatmaps <c>[B, K, H, W]</c>, <see cref="SimccAnswer"/> for bins.</typeparam>
public readonly struct PoseDistillationArguments<TMaps>
{
    /// <summary>The student's answer, part of its graph.</summary>
    public required TMaps Student { get; init; }

    /// <summary>The mentor's answer in the student's joints, size and convention, detached; zeros for joints of weight 0.</summary>
    public required TMaps Mentor { get; init; }

    /// <summary>The truth as the student should have answered it, detached.</summary>
    public required TMaps Target { get; init; }

    /// <summary>How much each joint counts, <c>[B, K]</c>, detached: as against the truth, but 0 where it is not taught.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The mentor's temperature for each sample <c>[B]</c>, detached.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperature for each sample <c>[B]</c>, detached; the same tensor for all paces but DTKD.</summary>
    public required Tensor StudentTemperatures { get; init; }
}

/// <summary>How far a student's maps are from one mentor's, per sample: the extension point for distillation losses on poses.</summary>
/// <typeparam name="TMaps"><see cref="Tensor"/> for heatmaps <c>[B, K, H, W]</c>, <see cref="SimccAnswer"/> for bins.</typeparam>
/// <remarks>
/// Set it as <see cref="HeatmapTaskOptions.Distillation"/> or <see cref="SimccTaskOptions.Distillation"/>. Called once per mentor and step,
/// on the training thread, inside a dispose scope. Implementations are stateless, read nothing back from the device and make no implicit
/// <see cref="TorchSharp.Scalar"/> (see <see cref="Scalars"/>).
/// </remarks>
public interface IPoseDistillationLoss<TMaps>
{
    /// <summary>What the loss against the truth is multiplied by.</summary>
    /// <value>Default 1.</value>
    double TruthShare => 1;

    /// <summary>Computes the loss of each sample, including the factor T² where the method has one.</summary>
    /// <param name="arguments">Answers, truth, weights and temperatures.</param>
    /// <returns><c>[B]</c>, differentiable in the student's maps, not weighted by rank; 0 where no joint has a weight above 0.</returns>
    Tensor PerSample(in PoseDistillationArguments<TMaps> arguments);
}
