using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Reports;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Samples;

/// <summary>
/// Trains the mentors, then one student in several ways, from the same starts and on the same batches, and compares them. A sample derives
/// from it and says what its data, networks and figures are.
/// </summary>
/// <typeparam name="TAnswer">What the networks answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
internal abstract class Study<TAnswer, TTarget>(StudyOptions options, CancellationToken cancellation)
{
    private const int MentorSeed = 1, FirstSeed = 2, StepsPerCheckpoint = 10;

    protected StudyOptions Options => options;

    protected CancellationToken Cancellation => cancellation;

    protected string WeightsPath => Path.Combine(options.Output, "student.safetensors");

    protected string ReportPath => Path.Combine(options.Output, "report.html");

    protected abstract string Title { get; }

    /// <summary>What <see cref="ValidationResult.Score"/> is.</summary>
    protected abstract string ScoreName { get; }

    /// <summary>The name and size of the training data, which are part of the names of mentors that are kept.</summary>
    protected abstract string DataKey { get; }

    protected abstract double MentorLearningRate { get; }

    /// <summary>How many times as long as the student the mentors learn.</summary>
    protected virtual int MentorLessons => 1;

    /// <summary>After how many epochs the student is examined.</summary>
    protected abstract int ValidateEvery { get; }

    /// <summary>The mentors, the strongest last.</summary>
    protected abstract IReadOnlyList<Plan<TAnswer, TTarget>> MentorPlans { get; }

    protected abstract Plan<TAnswer, TTarget> StudentPlan { get; }

    /// <summary>The ways to train the student: alone first, with all mentors last.</summary>
    protected abstract IReadOnlyList<Way> Ways { get; }

    protected abstract optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters, double learningRate);

    protected abstract Classroom<TAnswer, TTarget> CreateClassroom(IReadOnlyList<Mentor<TAnswer>> mentors);

    /// <summary>The batches, the same for each training of one seed.</summary>
    protected abstract ITrainingData<TTarget> CreateData(int seed);

    protected abstract ValidationResult Validate(Student<TAnswer> student);

    /// <summary>Examines the mentors before they teach.</summary>
    /// <param name="mentors">In the order of the plans.</param>
    /// <param name="say">Is told what whoever trains should know.</param>
    /// <returns>Figures of the names that <see cref="Validate"/> gives.</returns>
    protected abstract IReadOnlyList<ValidationResult> Examine(IReadOnlyList<Mentor<TAnswer>> mentors, Action<string> say);

    /// <summary>What reports tell apart: classes or joints.</summary>
    protected abstract IReadOnlyList<string> GroupNames { get; }

    /// <summary>What the report shows besides.</summary>
    protected virtual IReadOnlyList<ReportImage> Images => [];

    /// <summary>What is written beside the weights of a network.</summary>
    protected virtual ModelCard? Card(string network) => null;

    /// <summary>Called with the students of the first seed, trained.</summary>
    protected virtual void Keep(Way way, Student<TAnswer> student)
    {
        if (way == Ways[^1])
            student.Save(WeightsPath, Card(StudentPlan.Name));
    }

    /// <summary>Runs the study and writes weights and report.</summary>
    public StudyResult Run()
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        var answering = options.Record is null ? Ways.Sum(Answering) : Answering(Ways[^1]);
        var result = ProgressDisplay.Show(
            MentorLessons * MentorPlans.Sum(plan => plan.Work) + options.Seeds * (Ways.Count + answering), Run);
        new HtmlReport
        {
            Runs = [.. Ways.Select(way => TrainingRecord.Read(LogPath(way, FirstSeed)))], Title = Title, ScoreName = ScoreName,
            Images = Images,
        }.Write(ReportPath);
        return result with { Seconds = clock.Elapsed.TotalSeconds };
    }

    private StudyResult Run(ProgressDisplay progress)
    {
        var mentors = new List<Mentor<TAnswer>>();
        try
        {
            foreach (var plan in MentorPlans)
                mentors.Add(TrainMentor(plan, progress));
            var exams = Examine(mentors, progress.Say);
            var facts = Measure(mentors, exams);
            if (options.Record is not null)
                Record(mentors, progress);

            var students = Ways.Select(way => new StudentResult(way.Name, [])).ToList();
            for (var seed = FirstSeed; seed < FirstSeed + options.Seeds; seed++)
                for (var way = 0; way < Ways.Count; way++)
                    students[way].Trainings.Add(TrainStudent(Ways[way], seed, mentors, facts, progress));
            return new StudyResult(
                options.Epochs, students[0].Trainings[0].Epochs[^1].Steps, CountParameters(StudentPlan),
                [.. facts.Select((mentor, m) =>
                    MentorResult.Of(mentor, exams[m], students[^1].Trainings.SelectMany(training => training.Epochs)))],
                students, 0);
        }
        finally
        {
            mentors.ForEach(mentor => mentor.Dispose());
        }
    }

    private Mentor<TAnswer> TrainMentor(Plan<TAnswer, TTarget> plan, ProgressDisplay progress)
    {
        var network = Create(plan, MentorSeed);
        Train(
            new Student<TAnswer>(plan.Name, network), plan, MentorLearningRate, MentorLessons * options.Epochs, MentorSeed,
            Data(MentorSeed), null,
            options.Checkpoint is { } folder ? Folder(folder, $"mentor {plan.Name}")
                : Folder(options.Output, $"mentor {plan.Name} {DataKey} {MentorLessons * options.Epochs} epochs"),
            new ProgressPart(progress, MentorLessons * plan.Work, $"mentor {plan.Name}"), null);
        return new Mentor<TAnswer>(plan.Name, network);
    }

    private TrainingResult TrainStudent(
        Way way, int seed, List<Mentor<TAnswer>> mentors, IReadOnlyList<MentorFacts> facts, ProgressDisplay progress)
    {
        var data = Data(seed);
        var recorded = options.Record is null || way.Mentors == 0 ? null : RecordedLessons.Open(RecordingOf(seed));
        IReadOnlyList<Mentor<TAnswer>> teachers = recorded is null ? mentors.TakeLast(way.Mentors).ToList()
            : [.. MentorPlans.TakeLast(way.Mentors).Select(plan => recorded.CreateMentor<TAnswer>(plan.Name))];
        using var student = new Student<TAnswer>("student", Create(StudentPlan, seed));
        using var classroom = way.Mentors == 0 ? null : CreateClassroom(teachers);
        try
        {
            var result = Train(
                student, StudentPlan, way.LearningRate, options.Epochs, seed, recorded?.Replay(data) ?? data, classroom,
                options.Checkpoint is { } folder ? Folder(folder, $"student {way.Name} seed {seed}") : null,
                new ProgressPart(progress, 1 + (recorded is null ? Answering(way) : 0), $"student {way.Name}"),
                new TrainingLog(LogPath(way, seed))
                { Name = way.Name, Mentors = [.. facts.TakeLast(way.Mentors)], GroupNames = GroupNames });
            if (seed == FirstSeed)
                Keep(way, student);
            return result;
        }
        finally
        {
            foreach (var teacher in recorded is null ? [] : teachers)
                teacher.Dispose();
        }
    }

    // The same for mentors, for the student alone and for the student in a classroom; only students are examined and have a log.
    private TrainingResult Train(
        Student<TAnswer> student, Plan<TAnswer, TTarget> plan, double learningRate, int epochs, int seed,
        ITrainingData<TTarget> data, Classroom<TAnswer, TTarget>? classroom, string? checkpoints, ProgressPart progress, TrainingLog? log)
    {
        using var optimizer = CreateOptimizer(student.Module.parameters(), learningRate);
        var steps = (long)epochs * data.BatchesPerEpoch;
        var settings = new TrainerOptions
        {
            Epochs = epochs, Seed = seed, LearningRate = step => LearningRates.Cosine(step, steps, learningRate),
            WarmUpSteps = Math.Max(1, data.BatchesPerEpoch / 2), ValidateEvery = ValidateEvery, CheckpointFolder = checkpoints,
            CheckpointEvery = options.Checkpoint is null ? null : StepsPerCheckpoint,
        };
        Func<Student<TAnswer>, ValidationResult>? validate = log is null ? null : Validate;
        ITrainingObserver[] observers = log is null ? [progress] : [progress, log];
        observers = [.. observers, new TrainingDiagnosis(listeners: observers)];
        var trainer = classroom is null
            ? new Trainer<TAnswer, TTarget>(student, optimizer, data, plan.Task, settings)
            { Validate = validate, Progress = progress, Observers = observers }
            : new Trainer<TAnswer, TTarget>(student, optimizer, data, classroom, settings)
            { Validate = validate, Progress = progress, Observers = observers };
        var result = trainer.Run(cancellation);
        progress.Complete();
        return result;
    }

    private IReadOnlyList<MentorFacts> Measure(List<Mentor<TAnswer>> mentors, IReadOnlyList<ValidationResult> exams)
    {
        foreach (var batch in Data(FirstSeed).Epoch(0, 0, cancellation))
            return [.. mentors.Select((mentor, m) => MentorFacts.Measure(mentor, batch.Input, exams[m].Score))];
        throw new InvalidDataException("There are fewer training samples than one batch takes.");
    }

    // Every epoch of every seed, so that students see the batches that they would see without.
    private void Record(List<Mentor<TAnswer>> mentors, ProgressDisplay progress)
    {
        for (var seed = FirstSeed; seed < FirstSeed + options.Seeds; seed++)
        {
            var part = new ProgressPart(progress, Answering(Ways[^1]), "recording the mentors' answers");
            RecordedLessons.Record(RecordingOf(seed), mentors, Data(seed), new() { Variants = options.Epochs }, part, cancellation);
            part.Complete();
        }

        mentors.ForEach(mentor => mentor.Dispose());
        mentors.Clear();
    }

    private ChannelsLastData<TTarget> Data(int seed) => new(CreateData(seed));

    private string RecordingOf(int seed) => Path.Combine(options.Record!, $"seed-{seed}");

    private string LogPath(Way way, int seed) => Folder(options.Output, "logs", $"{way.Name} seed {seed}.jsonl");

    private static string Folder(params string[] parts) => Path.Combine([.. parts[..^1], parts[^1].Replace(", ", "-").Replace(' ', '-')]);

    // In units of a training of the student alone. A mentor's forward pass costs about a third of a training step of its network.
    private double Answering(Way way) => MentorPlans.TakeLast(way.Mentors).Sum(plan => plan.Work) / 3;

    private nn.Module<Tensor, TAnswer> Create(Plan<TAnswer, TTarget> plan, int seed)
    {
        random.manual_seed(seed);
        return plan.Create().to(options.Device);
    }

    private static long CountParameters(Plan<TAnswer, TTarget> plan)
    {
        using var network = plan.Create();
        return network.parameters().Sum(parameter => parameter.numel());
    }
}

/// <summary>A network of the study and how it learns from the truth alone.</summary>
/// <param name="Name">Its name in reports and files.</param>
/// <param name="Work">What its training costs, as measured, where the student's own costs 1.</param>
/// <param name="Create">Makes the network with random weights.</param>
/// <param name="Task">What it learns.</param>
internal sealed record Plan<TAnswer, TTarget>(
    string Name, double Work, Func<nn.Module<Tensor, TAnswer>> Create, IDistillationTask<TAnswer, TTarget> Task);

/// <summary>A way to train the student.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Mentors">The number of mentors that teach, counted from the last.</param>
internal sealed record Way(string Name, int Mentors, double LearningRate);
