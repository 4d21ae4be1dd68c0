namespace ClassroomKD.Tests.Core.Recording;

/// <summary>Two mentors and data of which every batch depends on epoch, place and sample.</summary>
internal sealed class LessonsCase : IDisposable
{
    public const int Classes = 12;

    public LessonsCase(int seed = 3)
    {
        manual_seed(seed);
        Mentors =
        [
            new Mentor("wide/1", nn.Linear(6, Classes)),
            new Mentor("deep", nn.Sequential(nn.Linear(6, 8), nn.ReLU(), nn.Linear(8, Classes))),
        ];
    }

    public Mentor[] Mentors { get; }

    public AugmentedPoints Data { get; } = new();

    public void Record(string folder, Action<RecordingOptions>? change = null, AugmentedPoints? data = null,
        IProgress<RecordingProgress>? progress = null)
    {
        var options = new RecordingOptions { Variants = 2, BatchesPerFile = 2 };
        change?.Invoke(options);
        RecordedLessons.Record(folder, Mentors, data ?? Data, options, progress);
    }

    /// <summary>Trains a student on the recorded epochs.</summary>
    /// <returns>Its weights in full, and the losses of the epochs.</returns>
    public (string Weights, double[] Losses, TeachingReport Report) Train(
        RecordedLessons lessons, IEnumerable<Mentor<Tensor>> mentors, int epochs = 5)
    {
        manual_seed(8);
        using var student = new Student("student", nn.Sequential(nn.Linear(6, 16), nn.ReLU(), nn.Dropout(0.2), nn.Linear(16, Classes)));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9);
        using var classroom = new Classroom(mentors);
        var result = new Trainer(student, optimizer, lessons.Replay(Data), classroom, new() { Epochs = epochs }).Run();
        return (
            string.Join('|', student.Module.state_dict().Select(entry => Convert.ToHexString(entry.Value.bytes))),
            [.. result.Epochs.Select(epoch => epoch.Loss)], result.Epochs[^1].Teaching!);
    }

    public void Dispose() => Array.ForEach(Mentors, mentor => mentor.Dispose());
}

/// <summary>Points of twelve classes in an order of each epoch's own, moved by noise that each sample has in each epoch.</summary>
internal sealed class AugmentedPoints(int seed = 1) : ITrainingData<Tensor>
{
    public const int Count = 38;
    private const int Batch = 8;

    public int BatchesPerEpoch => (Count + Batch - 1) / Batch;

    public int Features { get; init; } = 6;

    public bool Named { get; init; } = true;

    /// <summary>The number of a batch that every epoch leaves out.</summary>
    public int? LeftOut { get; init; }

    /// <summary>Is called with epoch and batch before each batch.</summary>
    public Action<int, int>? Before { get; init; }

    public IReadOnlyDictionary<string, string> Fingerprint =>
        new Dictionary<string, string> { ["points"] = "twelve", ["seed"] = $"{seed}" };

    public IEnumerable<TrainingBatch<Tensor>> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        var order = Enumerable.Range(0, Count).ToArray();
        new Random(100 * seed + epoch).Shuffle(order);
        for (var number = firstBatch; number < BatchesPerEpoch; number++)
        {
            if (number == LeftOut)
                continue;
            Before?.Invoke(epoch, number);
            int[] samples = [.. order.Skip(number * Batch).Take(Batch)];
            var numbers = samples.SelectMany(sample =>
            {
                var (own, noise) = (new Random(sample), new Random(10_000 * epoch + sample));
                return Enumerable.Range(0, Features).Select(_ => (float)(own.NextDouble() * 2 - 1 + 0.3 * noise.NextDouble())).ToArray();
            });
            using var inputs = tensor(numbers.ToArray()).reshape(samples.Length, Features).DetachFromDisposeScope();
            using var labels = tensor(samples.Select(sample => (long)(sample % LessonsCase.Classes)).ToArray()).DetachFromDisposeScope();
            yield return new() { Input = inputs, Targets = labels, Number = number, Samples = Named ? samples : null };
        }
    }
}

/// <summary>Remembers what a recording says.</summary>
internal sealed class ProgressList : IProgress<RecordingProgress>
{
    public List<RecordingProgress> All { get; } = [];

    public IEnumerable<string> Notices => All.Select(progress => progress.Notice).OfType<string>();

    public void Report(RecordingProgress value) => All.Add(value);
}
