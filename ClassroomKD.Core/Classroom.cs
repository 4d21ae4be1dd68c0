using System.Text.Json;
using System.Text.Json.Serialization;
using ClassroomKD.Kernels;
using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Several mentors and the rules by which they teach: answers are ranked, paced, and turned into a loss.</summary>
/// <typeparam name="TAnswer">What student and mentors answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// The classroom does not own its mentors; whoever made them disposes them. It keeps a tally of who taught whom on the device, which
/// <see cref="ReadReport"/> reads and <see cref="Dispose()"/> releases. <c>Teach</c> reads nothing back from the device, the first lesson
/// excepted, and leaves no tensor behind but the lesson's. The first lesson warns of mentors that answer NaN and of models that answer with
/// probabilities, and throws if what a ranker or pace decided is out of range; later such a mentor does not teach the sample, which the
/// next report warns of. Use a classroom from one thread at a time, and do not <c>await</c> inside a dispose scope: TorchSharp's scopes
/// belong to a thread.
/// </remarks>
public partial class Classroom<TAnswer, TTarget> : IDisposable
{
    // How often gradients are measured: each costs two passes back to the student's answer.
    private const int GradientsEvery = 16;

    private static readonly JsonSerializerOptions EnumsByName = new() { Converters = { new JsonStringEnumConverter() } };

    private readonly IReadOnlyList<Mentor<TAnswer>> mentors;
    private readonly string[] names;
    private readonly ClassMap?[]? classes;
    private readonly IDistillationTask<TAnswer, TTarget> task;
    private readonly IMentorRanker ranker;
    private readonly RankerChain chain;
    private readonly ILearningPaceScheduler pace;
    private readonly PerformanceGranularity granularity;
    private readonly double? coefficient; // null: the student's performance
    private readonly string settings;
    private readonly PluginResults results;
    private readonly HashSet<string> inspected = []; // mentors that have answered once
    private readonly TeachingTally tally;
    private readonly ILogger logger;
    private bool toldOfRefusal;
    private bool disposed;

    /// <summary>A classroom of these mentors.</summary>
    /// <param name="mentors">At least one, each with a name of its own. The classroom does not dispose them.</param>
    /// <param name="task">What is learned: how answers are assessed and compared.</param>
    /// <param name="options">The variant of the method; default: the recommended one. Later changes have no effect.</param>
    /// <param name="ranker">Who teaches; default: Knowledge Filtering with the options' settings.</param>
    /// <param name="pace">How softly; default: the gap's pace, or the options' constant temperature.</param>
    /// <param name="name">What logs and metrics call it; default "classroom".</param>
    /// <param name="logger">Default null: warnings go to standard error. <c>NullLogger.Instance</c> silences them.</param>
    /// <exception cref="ArgumentException">There is no mentor, one is null, two share a name or a model, the task does not read class
    /// maps, rankers around each other contradict, or a constant temperature stands beside another pace.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
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
        options = new ClassroomOptionsValidator().ThrowIfInvalid(options ?? new());

        Name = name;
        this.mentors = [.. mentors];
        LessonValidation.RequireNames(name, [.. this.mentors.Select(mentor => mentor?.Name)]);
        LessonValidation.RequireModules(name, this.mentors);
        names = [.. this.mentors.Select(mentor => mentor.Name)];
        classes = this.mentors.Any(mentor => mentor.Classes is not null) ? [.. this.mentors.Select(mentor => mentor.Classes)] : null;
        if (classes is not null && !task.SupportsClassMaps)
        {
            var mentor = names[Array.FindIndex(classes, map => map is not null)];
            throw new ArgumentException(
                $"Mentor '{mentor}' of classroom '{name}' has a class map, which {task.GetType().Name} does not read.", nameof(mentors));
        }

        this.task = task;
        this.ranker = ranker ?? options.CreateRanker(task.RecommendedWeighting);
        chain = new RankerChain(this.ranker);
        if (options.NormalizeWeights == true && !chain.Parts.Any(part => part.Part is NormalizedRanker))
            throw new ArgumentException(
                $"{nameof(options.NormalizeWeights)} of classroom '{name}' concerns the default ranker, and it was given " +
                $"{this.ranker.GetType().Name}: wrap that in {nameof(NormalizedRanker)}.", nameof(ranker));
        if (options.ConstantTemperature is not null && pace is not (null or ConstantPace))
            throw new ArgumentException(
                $"{nameof(options.ConstantTemperature)} of classroom '{name}' is in place of a pace, and it was given " +
                $"{pace.GetType().Name}: state one of them.", nameof(pace));
        this.pace = pace ?? options.CreatePace(task.RecommendedMaxTemperature);
        granularity = options.Granularity ?? chain.Granularity ?? options.PresetGranularity;
        coefficient = options.ResolvedTaskCoefficient;
        settings = JsonSerializer.Serialize(options, EnumsByName);
        this.logger = logger ?? StandardErrorLogger.Instance;
        results = new PluginResults();
        tally = new TeachingTally(name, names, task.GroupKind, this.logger);
        if (!LibTorch.WaitsPassively)
            Log.WaitsActively(this.logger);
    }

    /// <summary>What logs and metrics call the classroom.</summary>
    public string Name { get; }

    /// <summary>The mentors, in the order of every tensor's rows.</summary>
    public IReadOnlyList<Mentor<TAnswer>> Mentors => mentors;

    /// <summary>How many lessons were given; paces that change over the training go by it. Set it when a run is resumed.</summary>
    public long Step { get; set; }

    internal IDistillationTask<TAnswer, TTarget> Task => task;

    internal TeachingTally Tally => tally;

    /// <summary>The parts that remember something, by the names under which checkpoints keep it.</summary>
    internal IEnumerable<(string Name, IStateful Part)> StatefulParts =>
        new (string Name, object Part)[] { ("task", task), ("pace", pace) }.Concat(chain.Parts)
            .Where(part => part.Part is IStateful).Select(part => (part.Name, (IStateful)part.Part));

    /// <summary>What a resumed training must find as it was: the method and the mentors.</summary>
    internal IReadOnlyDictionary<string, string> Fingerprint => new Dictionary<string, string>
    {
        ["classroom.options"] = settings,
        ["classroom.task"] = SettingsText.Of(task),
        ["classroom.ranker"] = SettingsText.Of(ranker),
        ["classroom.pace"] = SettingsText.Of(pace),
    }.Concat(mentors.SelectMany(mentor => mentor.Identity)).ToDictionary();

    /// <summary>Lets the mentors answer a batch and teaches the student that answered it.</summary>
    /// <param name="input">The batch <c>[B, ...]</c> that the student answered.</param>
    /// <param name="studentAnswer">The student's answer, part of its graph.</param>
    /// <param name="targets">The truth.</param>
    /// <returns>The lesson; call <c>backward()</c> on its <see cref="Lesson.Loss"/>. It belongs to the caller's dispose scope.</returns>
    /// <exception cref="MentorException">A mentor failed, or its answer cannot be compared with the student's.</exception>
    public Lesson Teach(Tensor input, TAnswer studentAnswer, TTarget targets) =>
        Teach(new TrainingBatch<TTarget> { Input = input, Targets = targets, Number = 0 }, studentAnswer);

    /// <summary>Lets the mentors answer a batch of training data; recorded mentors need to know which samples it holds.</summary>
    /// <param name="batch">The batch that the student answered.</param>
    /// <param name="studentAnswer">The student's answer, part of its graph.</param>
    /// <returns>The lesson; call <c>backward()</c> on its <see cref="Lesson.Loss"/>. It belongs to the caller's dispose scope.</returns>
    /// <exception cref="MentorException">A mentor failed, or its answer cannot be compared with the student's.</exception>
    /// <exception cref="ObjectDisposedException">The classroom was disposed.</exception>
    public Lesson Teach(in TrainingBatch<TTarget> batch, TAnswer studentAnswer)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(batch.Input);
        using var scope = NewDisposeScope();
        var question = new MentorQuestion { Input = batch.Input, Number = batch.Number, Samples = batch.Samples, Variant = batch.Variant };
        var attendance = Attendance.Of(chain.Selector, mentors.Count, Step);
        var answers = new TAnswer[attendance.Present.Count];
        for (var i = 0; i < answers.Length; i++)
            answers[i] = mentors[attendance.Present[i]].Answer(question);
        return MoveToOuter(scope, Teach(studentAnswer, answers, batch.Targets, attendance));
    }

    /// <summary>Teaches from answers that the mentors gave before: computed elsewhere, or recorded.</summary>
    /// <param name="studentAnswer">The student's answer, part of its graph.</param>
    /// <param name="mentorAnswers">The mentors' answers to the batch, in the order of <see cref="Mentors"/>. The caller keeps them.</param>
    /// <param name="targets">The truth.</param>
    /// <returns>The lesson. It belongs to the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There are more or fewer answers than mentors.</exception>
    /// <exception cref="MentorException">An answer cannot be compared with the student's.</exception>
    public Lesson Teach(TAnswer studentAnswer, IReadOnlyList<TAnswer> mentorAnswers, TTarget targets)
    {
        ArgumentNullException.ThrowIfNull(mentorAnswers);
        if (mentorAnswers.Count != mentors.Count)
            throw new ArgumentException(
                $"Classroom '{Name}' has {mentors.Count} mentors and needs as many answers, got {mentorAnswers.Count}.",
                nameof(mentorAnswers));
        var attendance = Attendance.Of(chain.Selector, mentors.Count, Step);
        return Teach(studentAnswer, attendance.Of(mentorAnswers), targets, attendance);
    }

    private Lesson Teach(TAnswer studentAnswer, IReadOnlyList<TAnswer> mentorAnswers, TTarget targets, Attendance attendance)
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        ArgumentNullException.ThrowIfNull(studentAnswer);
        ArgumentNullException.ThrowIfNull(targets);
        var present = attendance.Of(names);
        LessonValidation.RequireAnswers(studentAnswer, mentorAnswers, present);
        using var scope = NewDisposeScope();
        var step = task.Begin(new StepArguments<TAnswer, TTarget>
        {
            Student = studentAnswer,
            Targets = targets,
            Mentors = mentorAnswers,
            MentorNames = present,
            MentorClasses = classes is null ? null : attendance.Of(classes),
            Granularity = granularity,
            Parallel = Parallel,
        });
        LessonValidation.RequireGraph(studentAnswer);
        var (assessment, ranking, pacing) = Decide(step, mentorAnswers.Count);

        var taskLosses = step.TaskLoss();
        var plainTaskLoss = PerCounted(taskLosses.detach().sum(), assessment);
        // Nothing, where the coefficient is 0: not even 0 times an infinite loss.
        taskLosses = coefficient switch
        {
            null => taskLosses * assessment.Performances.select(0, 0),
            0 => zeros_like(taskLosses),
            1 => taskLosses,
            { } constant => taskLosses.mul(Scalars.Of(constant)),
        };
        var distillation = step.Distill(new DistillationArguments
        {
            Weights = ranking.Weights,
            Temperatures = pacing.Temperatures,
            StudentTemperatures = pacing.StudentTemperatures,
        });

        var (taskLoss, mentorLoss) = (PerCounted(taskLosses.sum(), assessment), PerCounted(distillation.Total, assessment));
        var gradients = Step % GradientsEvery == 0 ? AnswerGradients.Norms(studentAnswer, taskLoss, mentorLoss) : null;
        var lesson = new Lesson(names)
        {
            Loss = taskLoss.add(mentorLoss, Scalars.One),
            TaskLoss = taskLoss.detach(),
            PlainTaskLoss = plainTaskLoss,
            Performances = attendance.Expand(assessment.Performances, Scalars.Zero, withStudent: true),
            Ranks = attendance.Expand(ranking.Ranks, Scalars.Zero, withStudent: true),
            Weights = attendance.Expand(ranking.Weights, Scalars.Zero),
            Temperatures = attendance.Expand(pacing.Temperatures, Scalars.One),
            MentorLosses = attendance.Expand(distillation.PerMentor, Scalars.Zero),
            SampleCount = Count(assessment),
        };
        tally.Add(lesson, attendance.Expand(assessment), gradients);
        Step++;
        if (inspected.Count < names.Length)
            FirstLesson.Warn(assessment, Name, present, inspected, logger);
        LogCudaRefusal();
        return MoveToOuter(scope, lesson);
    }

    /// <summary>Reads who taught whom since the last report, and starts a new tally. Waits for the device once.</summary>
    /// <returns>The report, which is also published to the meter <c>ClassroomKD</c>; answers of NaN or infinity are logged.</returns>
    /// <remarks>Where processes share every batch (<see cref="Parallel"/>), all call it, and get the report over all.</remarks>
    /// <exception cref="ObjectDisposedException">The classroom was disposed.</exception>
    public TeachingReport ReadReport()
    {
        ObjectDisposedException.ThrowIf(disposed, this);
        if (results.ReadRefused() is > 0 and var refused)
            Log.RefusedDecisions(logger, Name, refused);
        return tally.Read(Parallel);
    }

    /// <summary>Releases the tally. The mentors are not disposed.</summary>
    public void Dispose()
    {
        disposed = true;
        tally.Dispose();
        results.Dispose();
        GC.SuppressFinalize(this);
    }

    // Who teaches, with what weight and temperature (method, steps 1 to 5).
    private (Assessment Assessment, Ranking Ranking, LearningPace Pace) Decide(IDistillationStep step, int present)
    {
        using var noGradient = no_grad();
        var assessment = step.Assess();
        results.Begin(step, assessment.Performances, present);

        var ranking = ranker.Rank(new RankingArguments { Assessment = assessment, Step = Step });
        results.Check(ranker, ranking);
        if (assessment.Eligible is { } eligible)
            ranking = ranking with { Weights = ranking.Weights.masked_fill(eligible.logical_not(), Scalars.Zero) };

        var temperatures = pace.Schedule(new PacingArguments { Assessment = assessment, Ranking = ranking, Step = Step });
        results.Check(pace, temperatures);
        results.Approve();
        var silent = results.Silent(ranking.Weights, temperatures);
        ranking = ranking with { Weights = ranking.Weights.masked_fill(silent, Scalars.Zero) };
        return (assessment, ranking, new LearningPace
        {
            Temperatures = temperatures.Temperatures.masked_fill(silent, Scalars.One),
            StudentTemperatures = temperatures.StudentTemperatures?.masked_fill(silent, Scalars.One),
        });
    }

    private static Tensor PerCounted(Tensor sum, Assessment assessment) => assessment.Counted is { } counted
        ? sum.div(counted.sum().clamp_min(Scalars.One))
        : sum.div(Scalars.Of(Math.Max(1, assessment.Performances.size(1))));

    private void LogCudaRefusal()
    {
        if (toldOfRefusal || KernelDiagnostics.CudaRefusal is not { } reason)
            return;
        toldOfRefusal = true;
        Log.CudaRefused(logger, Name, reason);
    }

    private static Lesson MoveToOuter(DisposeScope scope, Lesson lesson)
    {
        scope.MoveToOuter(lesson.Tensors);
        return lesson;
    }
}
