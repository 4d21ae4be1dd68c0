using ClassroomKD.Distributed;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Distributed;

/// <summary>A small student, its mentors and its data, the same at each making; no part normalizes over the batch.</summary>
internal interface ISchool : IDisposable
{
    /// <summary>Trains by a hand-written loop.</summary>
    /// <returns>The loss of every step, and the weights at the end.</returns>
    (double[] Losses, double[] Weights) Loop(IProcessGroup group, int epochs);

    /// <summary>Trains by the trainer.</summary>
    TrainingResult Train(IDataParallel? parallel, TrainerOptions options, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default);

    double[] Weights { get; }
}

internal static class Schools
{
    public static ISchool Of(string kind, ClassroomPreset preset) => kind switch
    {
        "classes" => new ClassSchool(preset),
        "poses" => new PoseSchool(preset),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "classes or poses"),
    };
}

internal abstract class School<TAnswer, TTarget>(ClassroomPreset preset) : ISchool
{
    protected abstract Student<TAnswer> Student { get; }

    protected abstract Mentor<TAnswer>[] Mentors { get; }

    protected abstract ITrainingData<TTarget> Data { get; }

    protected abstract IDistillationTask<TAnswer, TTarget> Task { get; }

    public double[] Weights =>
        [.. Student.Module.state_dict().OrderBy(entry => entry.Key, StringComparer.Ordinal).SelectMany(entry => entry.Value.Doubles())];

    protected virtual Func<Student<TAnswer>, ValidationResult>? Validation(IDataParallel? parallel) => null;

    public (double[] Losses, double[] Weights) Loop(IProcessGroup group, int epochs)
    {
        using var parallel = new DataParallel(group);
        using var classroom = NewClassroom();
        classroom.Parallel = parallel;
        Student.Synchronize(group);
        using var gradients = new GradientBuckets(Student.Module, bytes: 600);
        using var optimizer = NewOptimizer();
        var part = Data.Part(new BatchPart(group.Rank, group.Size));
        var losses = new List<double>();
        for (var epoch = 0; epoch < epochs; epoch++)
            foreach (var batch in part.Epoch(epoch).Where(batch => batch.Number < Data.BatchesPerEpoch - 1))
            {
                using var scope = NewDisposeScope();
                optimizer.zero_grad();
                var lesson = classroom.Teach(batch, Student.Answer(batch.Input));
                lesson.Loss.backward();
                losses.Add(gradients.AllReduce(group, lesson).item<double>());
                optimizer.step();
            }
        return ([.. losses], Weights);
    }

    public TrainingResult Train(IDataParallel? parallel, TrainerOptions options, IProgress<TrainingProgress>? progress = null,
        CancellationToken cancellation = default)
    {
        using var classroom = NewClassroom();
        using var optimizer = NewOptimizer();
        var trainer = new Trainer<TAnswer, TTarget>(Student, optimizer, Data, classroom, options)
        {
            Parallel = parallel, Validate = Validation(parallel), Progress = progress,
        };
        return trainer.Run(cancellation);
    }

    public void Dispose()
    {
        Student.Dispose();
        Array.ForEach(Mentors, mentor => mentor.Dispose());
        (Task as IDisposable)?.Dispose();
    }

    protected abstract double Rate { get; }

    private SgdOptimizer NewOptimizer() => new(Student.Module.parameters(), Rate, momentum: 0.9, weightDecay: 1e-3);

    private Classroom<TAnswer, TTarget> NewClassroom() => new(Mentors, Task, new ClassroomOptions { Preset = preset });
}

/// <summary>Twelve classes of points; some samples do not count, and the last batch of an epoch has a single sample.</summary>
internal class ClassSchool : School<Tensor, Tensor>
{
    private const int Features = 6;
    private const int Classes = 12;

    public ClassSchool(ClassroomPreset preset)
        : base(preset)
    {
        manual_seed(3);
        Mentors =
        [
            new Mentor("wide", nn.Linear(Features, Classes)),
            new Mentor("deep", nn.Sequential(nn.Linear(Features, 8), nn.ReLU(), nn.Linear(8, Classes))),
        ];
        Student = new Student("student", NewNetwork());
    }

    protected virtual nn.Module<Tensor, Tensor> NewNetwork() =>
        nn.Sequential(nn.Linear(Features, 16), nn.ReLU(), nn.Linear(16, Classes));

    protected override Student<Tensor> Student { get; }

    protected override Mentor<Tensor>[] Mentors { get; }

    protected override double Rate => 0.05;

    protected override ITrainingData<Tensor> Data { get; } = new UnevenPoints();

    protected override IDistillationTask<Tensor, Tensor> Task { get; } = new LogitsTask();

    protected override Func<Student<Tensor>, ValidationResult> Validation(IDataParallel? parallel) =>
        new ClassificationExam(new UnevenPoints { Batch = 5 }) { Parallel = parallel }.Validate;

    private sealed class UnevenPoints : ITrainingData<Tensor>
    {
        private const int Count = 33;

        public int Batch { get; init; } = 8;

        public int BatchesPerEpoch => (Count + Batch - 1) / Batch;

        public IReadOnlyDictionary<string, string> Fingerprint => new Dictionary<string, string> { ["points"] = $"{Count}" };

        public IEnumerable<TrainingBatch<Tensor>> Epoch(int epoch, int firstBatch, CancellationToken cancellation)
        {
            var order = Enumerable.Range(0, Count).ToArray();
            new Random(epoch).Shuffle(order);
            for (var number = firstBatch; number < BatchesPerEpoch; number++)
            {
                int[] samples = [.. order.Skip(number * Batch).Take(Batch)];
                using var inputs = tensor(samples.SelectMany(Numbers).ToArray()).reshape(-1, Features).DetachFromDisposeScope();
                using var labels = tensor(samples.Select(sample => sample % 7 == 0 ? -100 : (long)(sample % Classes)).ToArray())
                    .DetachFromDisposeScope();
                yield return new() { Input = inputs, Targets = labels, Number = number, Samples = samples };
            }
        }

        private static float[] Numbers(int sample)
        {
            var random = new Random(sample);
            return [.. Enumerable.Range(0, Features).Select(_ => (float)(random.NextDouble() * 2 - 1))];
        }
    }
}

/// <summary>Figures with 17 joints, from a loader that decodes only a rank's part.</summary>
internal sealed class PoseSchool : School<PoseAnswer, PoseTarget>
{
    private static readonly Lazy<PersonDataset> Figures = new(() => ArticulatedFigures.Generate(26, seed: 4));

    public PoseSchool(ClassroomPreset preset)
        : base(preset)
    {
        manual_seed(3);
        Mentors = [new("fine", Network(6)), new("coarse", Network(4))];
        Student = new Student<PoseAnswer>("student", Network(3));
    }

    protected override Student<PoseAnswer> Student { get; }

    protected override Mentor<PoseAnswer>[] Mentors { get; }

    // Distillation from maps without a softmax's limits is steep.
    protected override double Rate => 1e-4;

    protected override ITrainingData<PoseTarget> Data { get; } = new PoseLoader(Figures.Value, new PoseLoaderOptions
    {
        BatchSize = 8, InputWidth = 48, InputHeight = 64, Seed = 2, Workers = 1, Augmentation = new PoseAugmentation { Rotation = 10 },
    });

    protected override IDistillationTask<PoseAnswer, PoseTarget> Task { get; } = new HeatmapTask();

    private static PoseNetwork Network(int width) => PoseNetwork.FromHeatmaps(nn.Sequential(
        nn.Conv2d(3, width, 3, stride: 2, padding: 1), nn.ReLU(), nn.Conv2d(width, 17, 3, stride: 2, padding: 1)));
}
