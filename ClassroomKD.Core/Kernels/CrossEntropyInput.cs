namespace ClassroomKD.Kernels;

/// <summary>What an implementation of <see cref="MultiMentorCrossEntropy"/> gets: one type, one device.</summary>
internal readonly struct CrossEntropyInput
{
    /// <summary>The student's, then the mentors'.</summary>
    public required Tensor[] Logits { get; init; }

    public required Tensor Targets { get; init; }

    public required long IgnoreIndex { get; init; }

    public bool TargetsAreIndices => Targets.dtype == ScalarType.Int64;
}
