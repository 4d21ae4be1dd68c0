using System.Diagnostics;
using System.Globalization;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Training;

/// <summary>
/// A long training with all that a trainer can do: the process's memory stays within 2 %. 1,000 steps; <c>CLASSROOMKD_SOAK_STEPS</c> sets
/// another number.
/// </summary>
[Category("Soak"), NonParallelizable]
public sealed class TrainerSoakTests
{
    private const int Classes = 5, Batch = 8, Epochs = 20, Samples = 10;

    [Test]
    public void Memory_stays_flat()
    {
        var setting = Environment.GetEnvironmentVariable("CLASSROOMKD_SOAK_STEPS");
        var steps = int.TryParse(setting, CultureInfo.InvariantCulture, out var wanted) ? wanted : 1_000;
        var samples = Batch * steps / Epochs;
        using var folder = new TemporaryFolder();
        manual_seed(7);
        using var scope = NewDisposeScope();
        using var images = new ImageDataset(
            randint(256, [samples, 3, 16, 16], ScalarType.Byte).DetachFromDisposeScope(),
            randint(Classes, [samples], ScalarType.Int64).DetachFromDisposeScope(), ["a", "b", "c", "d", "e"]);
        var data = new BatchSampler(images, new() { BatchSize = Batch })
        {
            Augmentations = [new RandomCropFlip()], Normalization = Normalization.Cifar100,
        };
        using var live = new Mentor("live", new CifarResNet(8, Classes, 4));
        using var other = new Mentor("recorded", new CifarResNet(8, Classes, 4));
        RecordedLessons.Record(folder.Root, [other], data, new() { Variants = 2 });
        var lessons = RecordedLessons.Open(folder.Root);
        using var recorded = lessons.CreateMentor("recorded");
        using var student = new Student("student", new CifarResNet(8, Classes, 4));
        using var optimizer = new AdamWOptimizer(student.Module.parameters(), 1e-4);
        using var classroom = new Classroom([live, recorded]);
        var exam = new ClassificationExam(data);
        var memory = new Memory(steps);
        var log = new TrainingLog(Path.Combine(folder.Root, "log.jsonl"));
        ITrainingObserver[] observers = [memory, log, new TensorBoardLog(Path.Combine(folder.Root, "board"))];
        var trainer = new Trainer(student, optimizer, lessons.Replay(data), classroom, new()
        {
            Epochs = Epochs, MaxGradientNorm = 5, AverageDecay = 0.99, ValidateEvery = 4,
            CheckpointFolder = Path.Combine(folder.Root, "checkpoints"), CheckpointEvery = 20,
        })
        { Validate = exam.Validate, Observers = [.. observers, new TrainingDiagnosis(listeners: observers)] };

        trainer.Run();

        TestContext.Out.WriteLine($"resident MB: {string.Join(' ', memory.Resident.Select(bytes => bytes >> 20))}");
        TestContext.Out.WriteLine($"live tensors: {string.Join(' ', memory.Tensors)}");
        memory.Tensors[1..].Should().OnlyContain(count => count == memory.Tensors[1], "a step leaves no tensor behind");
        // What is filled once (caches, pools, code compiled again) is filled after a fifth of the way.
        var before = memory.Resident[1..(Samples / 2)].Max();
        memory.Resident[(Samples / 2)..].Should().OnlyContain(bytes => bytes <= 1.02 * before);
    }

    /// <summary>Looks at the memory ten times on the way.</summary>
    private sealed class Memory(int steps) : ITrainingObserver
    {
        public List<long> Resident { get; } = [];

        public List<long> Tensors { get; } = [];

        public void Stepped(in TrainingProgress progress, Lesson? lesson)
        {
            if (progress.Step % (steps / Samples) > 0)
                return;
            Tensors.Add(LiveTensors.Settled());
            using var process = Process.GetCurrentProcess();
            Resident.Add(process.WorkingSet64);
        }
    }
}
