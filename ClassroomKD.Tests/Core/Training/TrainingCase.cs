using TorchSharp.Modules;

namespace ClassroomKD.Tests.Core.Training;

/// <summary>A small training of which every part leaves traces in the weights: dropout, batch statistics, momenta, an average.</summary>
internal sealed class TrainingCase : IDisposable
{
    public const int Epochs = 3;
    private const int Batch = 8;
    private readonly Mentor[] mentors;

    public TrainingCase(
        bool adam, bool taught, Action<TrainerOptions>? change = null, ITrainingData<Tensor>? data = null, IMentorRanker? ranker = null,
        double momentum = 0.9, int width = 12, ClassMap? classes = null, Action? validating = null)
    {
        manual_seed(3);
        var wide = nn.Linear(6, 4);
        MentorWeight = wide.weight!;
        mentors =
        [
            new Mentor("wide", wide, new() { Classes = classes }),
            new Mentor("deep", nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, 4))),
        ];
        Student = new Student(
            "student",
            nn.Sequential(
                nn.Linear(6, width),
                new ClassroomKD.Networks.BatchNormalization(width),
                nn.ReLU(),
                nn.Dropout(0.3),
                nn.Linear(width, 4)
            )
        );
        Optimizer = adam
            ? new AdamWOptimizer(Student.Module.parameters(), 0.01)
            : new SgdOptimizer(Student.Module.parameters(), 0.05, momentum, weightDecay: 1e-3, nesterov: true);
        Options = new TrainerOptions
        {
            Epochs = Epochs,
            Seed = 5,
            WarmUpSteps = 4,
            MaxGradientNorm = 0.5,
            AverageDecay = 0.9,
            LearningRate = step => LearningRates.Cosine(step, 3 * Epochs * 4, 0.05),
        };
        change?.Invoke(Options);
        ValidationResult Validation(Student<Tensor> student)
        {
            validating?.Invoke();
            return Validated(student);
        }

        Classroom = taught ? new Classroom(mentors, ranker: ranker) : null;
        Data = data ??= new Points(40, Batch);
        Trainer = Classroom is null
            ? new Trainer(Student, Optimizer, data, options: Options) { Validate = Validation, Observers = [Notices] }
            : new Trainer(Student, Optimizer, data, Classroom, Options) { Validate = Validation, Observers = [Notices] };
    }

    public Student Student { get; }

    public optim.Optimizer Optimizer { get; }

    public TrainerOptions Options { get; }

    public ITrainingData<Tensor> Data { get; }

    public Classroom? Classroom { get; }

    public Trainer Trainer { get; }

    public NoticeList Notices { get; } = new();

    public Tensor MentorWeight { get; }

    /// <summary>What the weights are, in full.</summary>
    public string Weights =>
        string.Join(
            '|',
            Student
                .Module.state_dict()
                .OrderBy(entry => entry.Key, StringComparer.Ordinal)
                .Select(entry => $"{entry.Key}={Convert.ToHexString(entry.Value.cpu().contiguous().bytes)}")
        );

    public void Dispose()
    {
        Classroom?.Dispose();
        Array.ForEach(mentors, mentor => mentor.Dispose());
        Optimizer.Dispose();
        Student.Dispose();
    }

    private static ValidationResult Validated(Student<Tensor> student)
    {
        using var scope = NewDisposeScope();
        var (inputs, labels) = Points.Draw(64, seed: 99);
        return new ValidationResult(student.Examine(inputs).argmax(1).eq(labels).to_type(ScalarType.Float64).mean().item<double>());
    }

    /// <summary>Remembers what a training says.</summary>
    public sealed class NoticeList : ITrainingObserver
    {
        public List<string> All { get; } = [];

        public void Noticed(string message) => All.Add(message);
    }
}

/// <summary>Points of four classes.</summary>
internal sealed class Points(int count, int batchSize) : ITrainingData<Tensor>
{
    public int BatchesPerEpoch => count / batchSize;

    public IReadOnlyDictionary<string, string> Fingerprint =>
        new Dictionary<string, string> { ["points"] = $"{count}", ["batchSize"] = $"{batchSize}" };

    /// <summary>Is called with epoch and batch before each batch.</summary>
    public Action<int, int>? Before { get; init; }

    public static (Tensor Inputs, Tensor Labels) Draw(int count, int seed)
    {
        using var scope = NewDisposeScope();
        var random = new Random(seed);
        var inputs = tensor(Enumerable.Range(0, count * 6).Select(_ => (float)(2 * random.NextDouble() - 1)).ToArray()).reshape(count, 6);
        return (inputs.MoveToOuterDisposeScope(), inputs.narrow(1, 0, 4).argmax(1).MoveToOuterDisposeScope());
    }

    public IEnumerable<TrainingBatch<Tensor>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
    {
        for (var batch = firstBatch; batch < BatchesPerEpoch; batch++)
        {
            Before?.Invoke(epoch, batch);
            var (inputs, labels) = Draw(batchSize, seed: 1000 * epoch + batch);
            yield return new()
            {
                Input = inputs,
                Targets = labels,
                Number = batch,
            };
            inputs.Dispose();
            labels.Dispose();
        }
    }
}
