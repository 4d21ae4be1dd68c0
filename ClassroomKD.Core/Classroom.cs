using ClassroomKD.Kernels;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>Several mentors and the rules by which they teach: answers are ranked, paced, and turned into a loss.</summary>
/// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// The classroom does not own its mentors: whoever made them disposes them. It keeps a tally on the device of who taught whom, read by
/// <see cref="ReadReport"/>; <see cref="Dispose()"/> releases only that. Used by one thread at a time; <c>Teach</c> reads nothing back from
/// the device and leaves no tensor behind but the lesson's. Do not <c>await</c> between making a dispose scope and disposing it: TorchSharp's
/// scopes belong to a thread.
/// </remarks>
public class Classroom<TAnswer, TTarget> : IDisposable
{
    private readonly IReadOnlyList<Mentor<TAnswer>> mentors;
    private readonly string[] names;
    private readonly ClassMap?[]? classes;
    private readonly IDistillationTask<TAnswer, TTarget> task;
    private readonly IMentorRanker ranker;
    private readonly ILearningPaceScheduler pace;
    private readonly PerformanceGranularity granularity;
    private readonly TaskCoefficient coefficient;
    private readonly TeachingTally tally;
    private readonly ILogger logger;
    private bool toldOfRefusal;

    /// <summary>A classroom of these mentors.</summary>
    /// <param name="mentors">At least one, each with a name of its own. The classroom does not dispose them.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="options">The variant of the method; default: the paper's. Later changes have no effect.</param>
    /// <param name="ranker">Who teaches; default: Knowledge Filtering with the options' settings.</param>
    /// <param name="pace">How softly; default: the gap's pace, or the options' constant temperature.</param>
    /// <param name="name">What logs and metrics call it; default "classroom".</param>
    /// <param name="logger">Default: none.</param>
    /// <exception cref="ArgumentException">There is no mentor, one is null, two have one name, or one has a class map that the task does not heed.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range; the message names it.</exception>
    public Classroom(
        IEnumerable<Mentor<TAnswer>> mentors,
        IDistillationTask<TAnswer, TTarget> task,
        ClassroomOptions? options = null,
        IMentorRanker? ranker = null,
        ILearningPaceScheduler? pace = null,
        string name = "classroom",
        ILogger? logger = null)
    {
        ArgumentNullException.ThrowIfNull(mentors);
        ArgumentNullException.ThrowIfNull(task);
        ArgumentException.ThrowIfNullOrWhiteSpace(name);
        options ??= new();
        ClassroomOptionsValidator.ThrowIfInvalid(options);

        Name = name;
        this.mentors = [.. mentors];
        RequireNames(this.mentors);
        names = [.. this.mentors.Select(mentor => mentor.Name)];
        classes = this.mentors.Any(mentor => mentor.Classes is not null) ? [.. this.mentors.Select(mentor => mentor.Classes)] : null;
        if (classes is not null && !task.ReadsClassMaps)
            throw new ArgumentException(
                $"Mentor '{names[Array.FindIndex(classes, map => map is not null)]}' of classroom '{name}' has a class map, but {task.GetType().Name} heeds none.",
                nameof(mentors));
        this.task = task;
        this.ranker = ranker ?? options.CreateRanker();
        this.pace = pace ?? options.CreatePace();
        granularity = options.ResolvedGranularity;
        coefficient = options.TaskCoefficient;
        this.logger = logger ?? NullLogger.Instance;
        tally = new TeachingTally(name, names, this.logger);
    }

    /// <summary>What logs and metrics call the classroom.</summary>
    public string Name { get; }

    /// <summary>The mentors, in the order of every tensor's rows.</summary>
    public IReadOnlyList<Mentor<TAnswer>> Mentors => mentors;

    /// <summary>How many lessons were given; paces that change over the training go by it. Set it when a run is resumed.</summary>
    public long Step { get; set; }

    /// <summary>Lets the mentors answer a batch and teaches the student that answered it.</summary>
    /// <param name="input">The batch <c>[B, ...]</c> that the student answered.</param>
    /// <param name="studentAnswer">The student's answer, part of its graph.</param>
    /// <param name="targets">The truth.</param>
    /// <returns>The lesson; call <c>backward()</c> on its <see cref="Lesson.Loss"/>. It belongs to the caller's dispose scope.</returns>
    /// <exception cref="MentorException">A mentor failed, or its answer cannot be compared with the student's.</exception>
    public Lesson Teach(Tensor input, TAnswer studentAnswer, TTarget targets)
    {
        using var scope = NewDisposeScope();
        var answers = new TAnswer[mentors.Count];
        for (var m = 0; m < answers.Length; m++)
            answers[m] = mentors[m].Answer(input);
        return MoveToOuter(scope, Teach(studentAnswer, answers, targets));
    }

    /// <summary>Teaches from answers that the mentors gave before: computed elsewhere, or recorded.</summary>
    /// <param name="studentAnswer">The student's answer, part of its graph.</param>
    /// <param name="mentorAnswers">The mentors' answers to the same batch, in the order of <see cref="Mentors"/>. They stay the caller's.</param>
    /// <param name="targets">The truth.</param>
    /// <returns>The lesson. It belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There are more or fewer answers than mentors.</exception>
    /// <exception cref="MentorException">An answer cannot be compared with the student's.</exception>
    public Lesson Teach(TAnswer studentAnswer, IReadOnlyList<TAnswer> mentorAnswers, TTarget targets)
    {
        ArgumentNullException.ThrowIfNull(studentAnswer);
        ArgumentNullException.ThrowIfNull(mentorAnswers);
        ArgumentNullException.ThrowIfNull(targets);
        if (mentorAnswers.Count != mentors.Count)
            throw new ArgumentException($"Classroom '{Name}' has {mentors.Count} mentors, but {mentorAnswers.Count} answers came.", nameof(mentorAnswers));

        using var scope = NewDisposeScope();
        Assessment assessment;
        Ranking ranking;
        LearningPace temperatures;
        using (no_grad())
        {
            assessment = task.Assess(new AssessmentArguments<TAnswer, TTarget>
            {
                Student = studentAnswer,
                Mentors = mentorAnswers,
                MentorNames = names,
                MentorClasses = classes,
                Targets = targets,
                Granularity = granularity,
            });
            ranking = Usable(ranker.Rank(new RankingArguments { Assessment = assessment }), assessment);
            temperatures = WhereTaught(
                pace.Schedule(new PacingArguments { Assessment = assessment, Ranking = ranking, Step = Step }), ranking.Weights);
        }

        var taskLoss = task.TaskLoss(studentAnswer, targets);
        if (coefficient == TaskCoefficient.StudentPerformance)
            taskLoss *= assessment.Performances.select(0, 0);
        var distillation = task.Distill(new DistillationArguments<TAnswer, TTarget>
        {
            Student = studentAnswer,
            Mentors = mentorAnswers,
            MentorClasses = classes,
            Targets = targets,
            Weights = ranking.Weights,
            Temperatures = temperatures.Temperatures,
            StudentTemperatures = temperatures.StudentTemperatures,
        });

        var lesson = new Lesson(names)
        {
            Loss = Mean(taskLoss.add(distillation.PerSample, Scalars.One), assessment.Counted),
            TaskLoss = Mean(taskLoss.detach(), assessment.Counted),
            Performances = assessment.Performances,
            Ranks = ranking.Ranks,
            Weights = ranking.Weights,
            Temperatures = temperatures.Temperatures,
            MentorLosses = distillation.PerMentor,
        };
        tally.Add(lesson, assessment);
        Step++;
        if (!toldOfRefusal && KernelDiagnostics.CudaRefusal is { } reason)
        {
            toldOfRefusal = true;
            Log.CudaRefused(logger, Name, reason);
        }

        return MoveToOuter(scope, lesson);
    }

    /// <summary>Reads who taught whom since the last report, and starts a new tally. Waits for the device once.</summary>
    /// <returns>The report; also published to the meter <c>ClassroomKD</c>, and mentors with unusable answers are logged as a warning.</returns>
    public TeachingReport ReadReport() => tally.Read();

    /// <summary>Releases the tally. The mentors are not disposed.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Releases the tally.</summary>
    /// <param name="disposing">Whether <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
        if (disposing)
            tally.Dispose();
    }

    // Whatever the ranker says: a mentor that answered NaN or lacks the true class teaches nothing, and nobody teaches a sample that does not count.
    private static Ranking Usable(in Ranking ranking, Assessment assessment)
    {
        var weights = ranking.Weights;
        if (assessment.Usable is { } usable)
            weights = weights.masked_fill(usable.narrow(0, 1, weights.size(0)).logical_not(), Scalars.Zero);
        if (assessment.Knows is { } knows)
            weights = weights.masked_fill(knows.narrow(0, 1, weights.size(0)).logical_not(), Scalars.Zero);
        if (assessment.Counted is { } counted)
            weights = weights.masked_fill(counted.logical_not(), Scalars.Zero);
        return ranking with { Weights = weights };
    }

    private static LearningPace WhereTaught(in LearningPace pace, Tensor weights)
    {
        var silent = weights.eq(Scalars.Zero);
        return new LearningPace
        {
            Temperatures = pace.Temperatures.masked_fill(silent, Scalars.One),
            StudentTemperatures = pace.StudentTemperatures?.masked_fill(silent, Scalars.One),
        };
    }

    private static Tensor Mean(Tensor perSample, Tensor? counted) =>
        counted is null
            ? perSample.mean()
            : perSample.masked_fill(counted.logical_not(), Scalars.Zero).sum().div(counted.sum().clamp_min(Scalars.One));

    private static Lesson MoveToOuter(DisposeScope scope, Lesson lesson)
    {
        scope.MoveToOuter(lesson.Tensors);
        return lesson;
    }

    private void RequireNames(IReadOnlyList<Mentor<TAnswer>> mentors)
    {
        if (mentors.Count == 0)
            throw new ArgumentException($"Classroom '{Name}' has no mentor; it needs at least one.", nameof(mentors));
        if (mentors.Any(mentor => mentor is null))
            throw new ArgumentException($"A mentor of classroom '{Name}' is null.", nameof(mentors));
        if (mentors.GroupBy(mentor => mentor.Name).FirstOrDefault(group => group.Count() > 1) is { } twice)
            throw new ArgumentException($"Classroom '{Name}' has {twice.Count()} mentors named '{twice.Key}'; names must differ.", nameof(mentors));
    }
}

/// <summary>A classroom whose models answer with logits, or with one tensor of another task: see <see cref="Classroom{TAnswer, TTarget}"/>.</summary>
public sealed class Classroom : Classroom<Tensor, Tensor>
{
    /// <summary>A classroom of these mentors.</summary>
    /// <param name="mentors">At least one, each with a name of its own. The classroom does not dispose them.</param>
    /// <param name="options">The variant of the method; default: the paper's. Later changes have no effect.</param>
    /// <param name="task">What is learned; default: <see cref="LogitsTask"/>.</param>
    /// <param name="ranker">Who teaches; default: Knowledge Filtering with the options' settings.</param>
    /// <param name="pace">How softly; default: the gap's pace, or the options' constant temperature.</param>
    /// <param name="name">What logs and metrics call it; default "classroom".</param>
    /// <param name="logger">Default: none.</param>
    /// <exception cref="ArgumentException">There is no mentor, one is null, two have one name, or one has a class map that the task does not heed.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range; the message names it.</exception>
    public Classroom(
        IEnumerable<Mentor<Tensor>> mentors,
        ClassroomOptions? options = null,
        IDistillationTask<Tensor, Tensor>? task = null,
        IMentorRanker? ranker = null,
        ILearningPaceScheduler? pace = null,
        string name = "classroom",
        ILogger? logger = null)
        : base(mentors, task ?? new LogitsTask(), options, ranker, pace, name, logger)
    {
    }
}
