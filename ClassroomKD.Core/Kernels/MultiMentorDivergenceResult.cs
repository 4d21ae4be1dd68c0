namespace ClassroomKD.Kernels;

/// <summary>What <see cref="MultiMentorDivergence"/> found. The caller's dispose scope, if any, owns the tensors.</summary>
public readonly struct MultiMentorDivergenceResult
{
    /// <summary>
    /// The sum over mentors, <c>[R]</c> or reduced to one number <c>[]</c>; differentiable once with respect to the student's logits if
    /// these require a gradient.
    /// </summary>
    public required Tensor Loss { get; init; }

    /// <summary>Each mentor's share of each row's loss <c>[M, R]</c>, weight and temperature factor included, detached.</summary>
    public required Tensor PerMentor { get; init; }
}
