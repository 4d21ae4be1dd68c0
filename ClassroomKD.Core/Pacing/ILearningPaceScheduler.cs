namespace ClassroomKD;

/// <summary>What a pace decides from. A struct, so that later inputs break nobody.</summary>
public readonly struct PacingArguments
{
    /// <summary>How student and mentors did on the batch.</summary>
    public required Assessment Assessment { get; init; }

    /// <summary>What the ranker decided, with the weights of mentors that cannot be used already 0.</summary>
    public required Ranking Ranking { get; init; }

    /// <summary>How many lessons the classroom has given before this one.</summary>
    public required long Step { get; init; }
}

/// <summary>What a pace decided.</summary>
public readonly struct LearningPace
{
    /// <summary>The temperature of each mentor on each sample, <c>[M, B]</c>, above 0.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperature beside each mentor, <c>[M, B]</c>, above 0.</summary>
    /// <value>Default null: the mentor's. The loss is multiplied by the product of both.</value>
    public Tensor? StudentTemperatures { get; init; }
}

/// <summary>Decides how softly each mentor teaches each sample: the extension point for temperatures.</summary>
/// <remarks>
/// The same contract as <see cref="IMentorRanker"/>: called once per step on the training thread, without gradient, inside a dispose scope;
/// tensors on the device, nothing read back, no implicit scalar. Where a mentor does not teach its temperature has no effect, and the
/// lesson shows 1. Arguments are left as they are, and mentors in another order get the same temperatures.
/// </remarks>
public interface ILearningPaceScheduler
{
    /// <summary>Sets the temperatures of one batch.</summary>
    /// <param name="arguments">Ranks <c>[1+M, B]</c> and weights <c>[M, B]</c>, what else the task can tell, and the step.</param>
    /// <returns>Temperatures <c>[M, B]</c>.</returns>
    LearningPace Schedule(in PacingArguments arguments);
}
