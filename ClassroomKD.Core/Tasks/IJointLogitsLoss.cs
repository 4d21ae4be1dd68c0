namespace ClassroomKD;

/// <summary>What the distillation loss of all mentors together is computed from. All tensors are on one device.</summary>
public readonly struct JointLogitsLossArguments
{
    /// <summary>The student's logits <c>[B, C]</c>, part of the graph.</summary>
    public required Tensor Student { get; init; }

    /// <summary>M mentors' logits <c>[B, C]</c>, detached; 0 where the weight is 0. A mentor that lacks some of the student's classes comes
    /// completed: the student's distribution, in which the shared classes divide their probability as the mentor says.</summary>
    public required IReadOnlyList<Tensor> Mentors { get; init; }

    /// <summary>How much each mentor counts <c>[M, B]</c>, detached.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The mentors' temperatures <c>[M, B]</c>, detached.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperatures <c>[M, B]</c>; usually the mentors'.</summary>
    public required Tensor StudentTemperatures { get; init; }
}

/// <summary>How far a student's logits are from those of all mentors together: the extension point for losses that mix mentors before they
/// compare, such as the one to an ensemble.</summary>
/// <remarks>The same contract as <see cref="ILogitsDistillationLoss"/>; called once per step.</remarks>
public interface IJointLogitsLoss
{
    /// <summary>The part of each mentor in each sample's loss, weights and temperature factor included.</summary>
    /// <param name="arguments">Logits, weights and temperatures.</param>
    /// <returns><c>[M, B]</c>, differentiable with respect to the student's logits; 0 where the weight is 0. The sum is the loss.</returns>
    Tensor PerMentor(in JointLogitsLossArguments arguments);
}
