namespace ClassroomKD.Kernels;

/// <summary>What <see cref="MultiMentorCrossEntropy"/> judges: R rows of C logits of a student and M mentors, on one device.</summary>
public readonly struct MultiMentorCrossEntropyArguments
{
    /// <summary>Arguments with every optional member at its default.</summary>
    public MultiMentorCrossEntropyArguments()
    {
    }

    /// <summary>The student's logits <c>[R, C]</c>, of any floating type.</summary>
    public required Tensor Student { get; init; }

    /// <summary>M tensors of logits <c>[R, C]</c>; M may be 0.</summary>
    public required IReadOnlyList<Tensor> Mentors { get; init; }

    /// <summary>The truth: class indices <c>[R]</c> as int64, or a distribution over classes <c>[R, C]</c> of a floating type.</summary>
    public required Tensor Targets { get; init; }

    /// <summary>The class index of rows that do not count.</summary>
    /// <value>-100, as in <c>torch.nn.functional.cross_entropy</c></value>
    public long IgnoreIndex { get; init; } = -100;

    /// <summary>Who computes it.</summary>
    /// <value><see cref="KernelImplementation.Auto"/></value>
    public KernelImplementation Implementation { get; init; } = KernelImplementation.Auto;
}
