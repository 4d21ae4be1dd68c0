namespace ClassroomKD;

/// <summary>What one mentor's distillation loss is computed from. All tensors are on one device.</summary>
public readonly struct LogitsLossArguments
{
    /// <summary>The student's logits <c>[B, C]</c>, part of the graph; negative infinity where a class is masked.</summary>
    public required Tensor Student { get; init; }

    /// <summary>The mentor's logits <c>[B, C]</c>, detached and finite but for negative infinity where a class is masked.</summary>
    public required Tensor Mentor { get; init; }

    /// <summary>The mentor's temperature for each sample <c>[B]</c>, at least 1 unless the pace says otherwise, detached.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperature for each sample <c>[B]</c>; usually the mentor's.</summary>
    public required Tensor StudentTemperatures { get; init; }

    /// <summary>The truth as a distribution over classes <c>[B, C]</c> (one-hot for class indices), detached.</summary>
    public required Tensor TargetDistribution { get; init; }
}

/// <summary>How far a student's logits are from one mentor's, per sample: the extension point for distillation losses on logits.</summary>
/// <remarks>
/// Called once per mentor and step, on the training thread, inside a dispose scope. Implementations are stateless, do not read
/// back from the device and make no implicit <see cref="TorchSharp.Scalar"/> (see <see cref="Scalars"/>). A class that student or mentor
/// masks should count for nothing; a student of yours that masks none, and mentors that mask none, need no care.
/// Finite logits give finite losses and gradients. At temperature 1 a student that answers as the mentor has the least loss.
/// </remarks>
public interface ILogitsDistillationLoss
{
    /// <summary>The loss of each sample, factor T² included where the method has one.</summary>
    /// <param name="arguments">Logits, temperatures and truth.</param>
    /// <returns><c>[B]</c>, differentiable with respect to the student's logits; not yet weighted by rank.</returns>
    Tensor PerSample(in LogitsLossArguments arguments);
}
