using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>The answers that a task assesses.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
public readonly struct AssessmentArguments<TAnswer, TTarget>
{
    /// <summary>The student's answer. Its graph is not followed: performances are never differentiated.</summary>
    public required TAnswer Student { get; init; }

    /// <summary>The mentors' answers, in the classroom's order.</summary>
    public required IReadOnlyList<TAnswer> Mentors { get; init; }

    /// <summary>The mentors' names, for exceptions.</summary>
    public required IReadOnlyList<string> MentorNames { get; init; }

    /// <summary>Which of each mentor's classes are which of the student's; an entry that is null: the same.</summary>
    /// <value>Default null: all mentors have the student's classes.</value>
    public IReadOnlyList<ClassMap?>? MentorClasses { get; init; }

    /// <summary>The truth.</summary>
    public required TTarget Targets { get; init; }

    /// <summary>Whether to give each sample its own performance or all the batch's.</summary>
    public required PerformanceGranularity Granularity { get; init; }
}

/// <summary>What a task computes the distillation loss from.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
public readonly struct DistillationArguments<TAnswer, TTarget>
{
    /// <summary>The student's answer, part of the graph.</summary>
    public required TAnswer Student { get; init; }

    /// <summary>The mentors' answers, in the classroom's order.</summary>
    public required IReadOnlyList<TAnswer> Mentors { get; init; }

    /// <summary>Which of each mentor's classes are which of the student's; an entry that is null: the same.</summary>
    /// <value>Default null: all mentors have the student's classes.</value>
    public IReadOnlyList<ClassMap?>? MentorClasses { get; init; }

    /// <summary>The truth.</summary>
    public required TTarget Targets { get; init; }

    /// <summary>The weights <c>[M, B]</c>. Where one is 0 the mentor's answer may be anything, NaN included, and must not be looked at.</summary>
    public required Tensor Weights { get; init; }

    /// <summary>The mentors' temperatures <c>[M, B]</c>.</summary>
    public required Tensor Temperatures { get; init; }

    /// <summary>The student's temperatures <c>[M, B]</c>; null: the mentors'.</summary>
    public Tensor? StudentTemperatures { get; init; }
}

/// <summary>The weighted distillation loss of a batch.</summary>
public readonly struct DistillationLoss
{
    /// <summary>The sum over the mentors for each sample, <c>[B]</c>, part of the student's graph.</summary>
    public required Tensor PerSample { get; init; }

    /// <summary>The part of each mentor, <c>[M, B]</c>, detached.</summary>
    public required Tensor PerMentor { get; init; }
}

/// <summary>What a kind of problem supplies: how well an answer is, what it costs against the truth, and against the mentors.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// Called on the training thread, inside a dispose scope, in the order of the members below. Implementations keep no state between steps,
/// read nothing back from the device, and make no implicit scalar (see <see cref="Scalars"/>). An exception ends the step and reaches the
/// caller of <c>Teach</c>.
/// </remarks>
public interface IDistillationTask<TAnswer, TTarget>
{
    /// <summary>Whether the task heeds class maps. A classroom refuses mentors with a map where it does not.</summary>
    /// <value>Default false.</value>
    bool ReadsClassMaps => false;

    /// <summary>How well student and mentors did (method, steps 1 and 2).</summary>
    /// <param name="arguments">The answers and the truth.</param>
    /// <returns>The assessment, without gradient.</returns>
    /// <exception cref="MentorException">A mentor's answer has a form that cannot be compared with the student's; the message names it.</exception>
    Assessment Assess(in AssessmentArguments<TAnswer, TTarget> arguments);

    /// <summary>The student's loss against the truth.</summary>
    /// <param name="student">The student's answer, part of the graph.</param>
    /// <param name="targets">The truth.</param>
    /// <returns><c>[B]</c>, part of the graph; 0 for samples that do not count.</returns>
    Tensor TaskLoss(TAnswer student, TTarget targets);

    /// <summary>The student's loss against the mentors: weight x T² x divergence, summed over the mentors (method, step 6).</summary>
    /// <param name="arguments">The answers, weights and temperatures.</param>
    /// <returns>The loss, not yet averaged over the samples.</returns>
    DistillationLoss Distill(in DistillationArguments<TAnswer, TTarget> arguments);
}
