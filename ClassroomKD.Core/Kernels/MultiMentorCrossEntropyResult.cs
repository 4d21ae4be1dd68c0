namespace ClassroomKD.Kernels;

/// <summary>
/// What <see cref="MultiMentorCrossEntropy"/> found, the student first, all without graph. The tensors belong to the dispose scope of
/// the call, else to the caller.
/// </summary>
public readonly struct MultiMentorCrossEntropyResult
{
    /// <summary>
    /// Cross-entropy in nats <c>[1+M, R]</c>, float32 (float64 for a student in float64): 0 in ignored rows, positive infinity where
    /// the logits are not finite or the true class (of a distribution: its largest) is masked, so that <c>exp(-CE)</c>, the probability of
    /// the truth, is 0 there. What a distribution gives to other masked classes is given to the rest in proportion.
    /// </summary>
    public required Tensor CrossEntropy { get; init; }

    /// <summary>
    /// Whether the largest logit, the first of equals, is the true class (of a distribution: its largest) <c>[1+M, R]</c>, bool;
    /// false in ignored rows and where the logits are not finite.
    /// </summary>
    public required Tensor Correct { get; init; }

    /// <summary>
    /// Whether all logits of the row are finite but those of masked classes, and not all are masked, <c>[1+M, R]</c>, bool; ignored rows
    /// are looked at too.
    /// </summary>
    public required Tensor Finite { get; init; }
}
