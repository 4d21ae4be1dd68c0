namespace ClassroomKD;

/// <summary>A batch to train on. Its tensors belong to the data, and are valid until the next batch is drawn.</summary>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
public readonly record struct TrainingBatch<TTarget>
{
    /// <summary>What the student answers, <c>[B, ...]</c>.</summary>
    public required Tensor Input { get; init; }

    /// <summary>The truth.</summary>
    public required TTarget Targets { get; init; }

    /// <summary>Its number within the epoch, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Which samples of the data set these are, in the order of the batch.</summary>
    /// <value>Default null: unknown, so that nothing can be recorded.</value>
    public IReadOnlyList<int>? Samples { get; init; }

    /// <summary>Which recorded epoch the batch repeats.</summary>
    /// <value>Default null: none, so that recorded mentors refuse it.</value>
    public RecordedVariant? Variant { get; init; }
}
