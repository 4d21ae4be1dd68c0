namespace ClassroomKD.Vision;

/// <summary>The learning rate of every epoch: optionally a linear change, then milestones that multiply it.</summary>
public sealed record LearningRatePlan
{
    /// <summary>The rate of epoch 0.</summary>
    public required double Start { get; init; }

    /// <summary>The rate at the end of the linear change.</summary>
    /// <value>Default null: there is no linear change.</value>
    public double? End { get; init; }

    /// <summary>The length of the linear change in epochs.</summary>
    /// <value>Default 0.</value>
    public int LinearEpochs { get; init; }

    /// <summary>The factor of each milestone.</summary>
    /// <value>Default 0.1.</value>
    public double Factor { get; init; } = 0.1;

    /// <summary>The epochs at which the rate changes.</summary>
    public required IReadOnlyList<long> Milestones { get; init; }

    /// <summary>The rate of an epoch, a pure function, so that a resumed run needs no scheduler state.</summary>
    /// <param name="epoch">Counted from 0.</param>
    /// <returns>The rate of all its steps, for <see cref="LearningRates.SetLearningRate"/>.</returns>
    public double At(int epoch) => LearningRates.LinearThenSteps(epoch, LinearEpochs, Start, End ?? Start, Factor, [.. Milestones]);
}
