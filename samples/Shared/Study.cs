using System.Diagnostics;
using ClassroomKD;
using ClassroomKD.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Samples;

/// <summary>
/// Trains the mentors, then one student in several ways, from the same starts and on the same batches, and compares them. A sample derives
/// from it and says what its data, networks and marks are.
/// </summary>
/// <typeparam name="TAnswer">What the networks answer with.</typeparam>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <typeparam name="TMark">How well a network does on the test data.</typeparam>
internal abstract class Study<TAnswer, TTarget, TMark>(StudyOptions options, CancellationToken cancellation)
{
    private const int MentorSeed = 1;

    protected StudyOptions Options => options;

    protected CancellationToken Cancellation => cancellation;

    protected string WeightsPath => Path.Combine(options.Output, "student.safetensors");

    /// <summary>The name and size of the training data, which are part of the mentors' file names.</summary>
    protected abstract string DataKey { get; }

    protected abstract int StepsPerEpoch { get; }

    protected abstract double LearningRate { get; }

    /// <summary>Whether the student is examined after every epoch, and not after the last alone.</summary>
    protected abstract bool ExaminesEveryEpoch { get; }

    /// <summary>The mentors, the strongest last.</summary>
    protected abstract IReadOnlyList<Plan<TAnswer, TTarget>> MentorPlans { get; }

    protected abstract Plan<TAnswer, TTarget> StudentPlan { get; }

    /// <summary>The ways to train the student: alone first, with all mentors last.</summary>
    protected abstract IReadOnlyList<Way> Ways { get; }

    protected abstract optim.Optimizer CreateOptimizer(IEnumerable<Parameter> parameters);

    protected abstract Classroom<TAnswer, TTarget> CreateClassroom(IReadOnlyList<Mentor<TAnswer>> mentors);

    /// <summary>The batches of an epoch, the same for each training of one seed.</summary>
    protected abstract IEnumerable<(Tensor Images, TTarget Target)> Epoch(int seed, int epoch);

    protected abstract TMark Examine(Func<Tensor, TAnswer> answer);

    /// <summary>What is written beside the weights of a network.</summary>
    protected virtual ModelCard? Card(string network) => null;

    /// <summary>Called with the first student of the last way.</summary>
    protected virtual void Save(Student<TAnswer> student) => student.Save(WeightsPath, Card(StudentPlan.Name));

    /// <summary>Runs the study.</summary>
    public StudyResult<TMark> Run()
    {
        var clock = Stopwatch.StartNew();
        Directory.CreateDirectory(options.Output);
        var result = ProgressDisplay.Show(MentorPlans.Sum(plan => plan.Work) + options.Seeds * Ways.Sum(Work), Run);
        return result with { Seconds = clock.Elapsed.TotalSeconds };
    }

    private StudyResult<TMark> Run(ProgressDisplay progress)
    {
        var (mentors, classrooms) = (new List<Mentor<TAnswer>>(), new List<Classroom<TAnswer, TTarget>?>());
        try
        {
            foreach (var plan in MentorPlans)
                mentors.Add(TrainOrLoad(plan, progress));
            var marks = mentors.Select(mentor => Examine(mentor.Answer)).ToList();
            foreach (var way in Ways)
                classrooms.Add(way.Mentors == 0 ? null : CreateClassroom(mentors[^way.Mentors..]));

            var students = Ways.Select(way => new StudentResult<TMark>(way.Name, [])).ToList();
            for (var seed = MentorSeed + 1; seed <= MentorSeed + options.Seeds; seed++)
                for (var way = 0; way < Ways.Count; way++)
                    students[way].Curves.Add(TrainStudent(Ways[way], seed, classrooms[way], progress));
            return new StudyResult<TMark>(
                options.Epochs, options.Epochs * StepsPerEpoch, CountParameters(StudentPlan),
                [.. classrooms[^1]!.ReadReport().Mentors.Select((report, m) =>
                    new MentorResult<TMark>(report.Name, CountParameters(MentorPlans[m]), marks[m], report))],
                students, 0);
        }
        finally
        {
            classrooms.ForEach(classroom => classroom?.Dispose());
            mentors.ForEach(mentor => mentor.Dispose());
        }
    }

    private Mentor<TAnswer> TrainOrLoad(Plan<TAnswer, TTarget> plan, ProgressDisplay progress)
    {
        var path = Path.Combine(options.Output, $"{plan.Name.Replace(' ', '-')}-{DataKey}-{options.Epochs}-epochs.safetensors");
        if (File.Exists(path))
        {
            progress.Advance(plan.Work, $"{plan.Name} (kept)");
        }
        else
        {
            using var learner = new Student<TAnswer>(plan.Name, Create(plan, MentorSeed));
            Train(learner, plan, MentorSeed, null, step => progress.Advance(plan.Work * step, $"mentor {plan.Name}"));
            learner.Save(path, Card(plan.Name));
        }
        var network = Create(plan, MentorSeed);
        network.LoadWeights(path);
        return new Mentor<TAnswer>(plan.Name, network);
    }

    private List<TMark> TrainStudent(Way way, int seed, Classroom<TAnswer, TTarget>? classroom, ProgressDisplay progress)
    {
        using var student = new Student<TAnswer>("student", Create(StudentPlan, seed));
        var curve = new List<TMark>();
        Train(
            student, StudentPlan, seed, classroom, step => progress.Advance(Work(way) * step, $"student {way.Name}"),
            epoch =>
            {
                if (ExaminesEveryEpoch || epoch == options.Epochs - 1)
                    curve.Add(Examine(student.Examine));
            });
        if (way == Ways[^1] && seed == MentorSeed + 1)
            Save(student);
        return curve;
    }

    // The training loop, the same for mentors, for the student alone and for the student in a classroom.
    private void Train(
        Student<TAnswer> student, Plan<TAnswer, TTarget> plan, int seed, Classroom<TAnswer, TTarget>? classroom, Action<double> advance,
        Action<int>? examine = null)
    {
        using var optimizer = CreateOptimizer(student.Module.parameters());
        var (step, steps) = (0, options.Epochs * StepsPerEpoch);
        for (var epoch = 0; epoch < options.Epochs; epoch++)
        {
            foreach (var (images, target) in Epoch(seed, epoch))
            {
                cancellation.ThrowIfCancellationRequested();
                using var scope = NewDisposeScope();
                optimizer.SetLearningRate(LearningRates.Cosine(step++, steps, LearningRate));
                optimizer.zero_grad();
                var input = MemoryOrder.ChannelsLast(images); // faster convolutions on the CPU
                var answer = student.Answer(input);
                var loss = classroom is null ? plan.Loss(answer, target) : classroom.Teach(input, answer, target).Loss;
                loss.backward();
                optimizer.step();
                advance(1.0 / steps);
            }
            examine?.Invoke(epoch);
        }
    }

    // In units of a training of the student alone. A mentor's forward pass costs about a third of a training step of its network.
    private double Work(Way way) => 1 + MentorPlans.TakeLast(way.Mentors).Sum(plan => plan.Work) / 3;

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
/// <param name="Loss">The loss of an answer against the truth, a scalar.</param>
internal sealed record Plan<TAnswer, TTarget>(
    string Name, double Work, Func<nn.Module<Tensor, TAnswer>> Create, Func<TAnswer, TTarget, Tensor> Loss);

/// <summary>A way to train the student.</summary>
/// <param name="Name">Its name in tables.</param>
/// <param name="Mentors">The number of mentors that teach, counted from the last.</param>
internal sealed record Way(string Name, int Mentors);
