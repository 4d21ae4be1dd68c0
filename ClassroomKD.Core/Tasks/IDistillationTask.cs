namespace ClassroomKD;

/// <summary>One batch of a task: the answers of student and mentors, and the truth.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
public readonly struct StepArguments<TAnswer, TTarget>
{
    /// <summary>Arguments with every optional member at its default.</summary>
    public StepArguments()
    {
    }

    /// <summary>The student's answer, part of its graph.</summary>
    public required TAnswer Student { get; init; }

    /// <summary>The truth.</summary>
    public required TTarget Targets { get; init; }

    /// <summary>The mentors' answers, in the classroom's order.</summary>
    /// <value>Default empty: only <see cref="IDistillationStep.TaskLoss"/> is of use.</value>
    public IReadOnlyList<TAnswer> Mentors { get; init; } = [];

    /// <summary>The mentors' names, for exceptions.</summary>
    /// <value>Default empty: exceptions number the mentors.</value>
    public IReadOnlyList<string> MentorNames { get; init; } = [];

    /// <summary>Which of each mentor's classes are which of the student's; a null entry means that they are the same.</summary>
    /// <value>Default null: all mentors have the student's classes.</value>
    public IReadOnlyList<ClassMap?>? MentorClasses { get; init; }

    /// <summary>Whether each sample has a performance of its own, or the batch has one.</summary>
    /// <value>Default <see cref="PerformanceGranularity.Sample"/>.</value>
    public PerformanceGranularity Granularity { get; init; }

    /// <summary>The processes that share the batch with this one.</summary>
    /// <value>Default null: the batch is whole.</value>
    public IDataParallel? Parallel { get; init; }

    /// <summary>The mean of each row over the samples of the batch, of all processes where they share it.</summary>
    /// <param name="values"><c>[1+M, B]</c>, 0 where they do not count; without graph.</param>
    /// <param name="counted">Which of them count, Boolean <c>[1+M, B]</c>.</param>
    /// <returns><c>[1+M, 1]</c>; 0 where none counts.</returns>
    public Tensor MeanOverBatch(Tensor values, Tensor counted)
    {
        ArgumentNullException.ThrowIfNull(values);
        ArgumentNullException.ThrowIfNull(counted);
        return BatchMean.Of(values, counted, Parallel);
    }

    /// <summary>How exceptions call a mentor.</summary>
    /// <param name="mentor">Its index.</param>
    /// <returns>Its name in quotes, or its number where no names were given.</returns>
    public string NameOf(int mentor) => MentorNames.Count > mentor ? $"'{MentorNames[mentor]}'" : $"{mentor}";
}

/// <summary>What a kind of problem supplies: how good an answer is, what it costs against the truth, and against the mentors.</summary>
/// <typeparam name="TAnswer">What models answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// A task holds settings and makes one <see cref="IDistillationStep"/> for each batch, which holds what the batch's assessment and losses
/// share. It is called on the training thread, inside a dispose scope; it keeps no state between batches, reads nothing back from the
/// device and makes no implicit scalar (see <see cref="Scalars"/>). An exception ends the step and reaches the caller of <c>Teach</c>.
/// </remarks>
public interface IDistillationTask<TAnswer, TTarget>
{
    /// <summary>Whether the task reads <see cref="StepArguments{TAnswer, TTarget}.MentorClasses"/>. A classroom refuses mentors with a
    /// class map otherwise.</summary>
    /// <value>Default false.</value>
    bool SupportsClassMaps => false;

    /// <summary>What one of the <see cref="Assessment.Groups"/> is, for reports, such as "class".</summary>
    /// <value>Default "group".</value>
    string GroupKind => "group";

    /// <summary>The highest temperature of the gap's pace under <see cref="ClassroomPreset.Recommended"/>: above it, the answers of this
    /// kind of problem lose what a student learns from.</summary>
    /// <value>At least 1; default 4, as for logits.</value>
    double RecommendedMaxTemperature => 4;

    /// <summary>What mentors' weights are made from under <see cref="ClassroomPreset.Recommended"/>.</summary>
    /// <value>Default <see cref="RankWeighting.Share"/>, as for logits.</value>
    RankWeighting RecommendedWeighting => RankWeighting.Share;

    /// <summary>Begins a batch. Here the task checks that the answers and the truth fit together.</summary>
    /// <param name="arguments">The answers and the truth.</param>
    /// <returns>The batch. Its tensors belong to the current dispose scope.</returns>
    /// <exception cref="ArgumentException">The student's answer or the targets have another form than the task states.</exception>
    /// <exception cref="MentorException">A mentor's answer cannot be compared with the student's; the message names the mentor.</exception>
    IDistillationStep Begin(in StepArguments<TAnswer, TTarget> arguments);
}
