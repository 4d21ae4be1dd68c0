using BenchmarkDotNet.Attributes;
using ClassroomKD.Imaging;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// What does an epoch of a student with the recorded answers of six mentors (the paper's class) cost, beside the student alone and beside
/// the mentors themselves, and what does the recording cost beside the mentors' answers?
/// </summary>
[MinColumn, MedianColumn]
public class RecordedLessonsBenchmark
{
    private const int Count = 1024;
    private const int Classes = 100;
    private static readonly string[] Names = ["resnet56", "resnet20", "resnet14", "resnet8", "cifar_shufflenet_v1", "cifar_shufflenet_v2"];

    private string folder = null!;
    private ImageDataset images = null!;
    private BatchSampler data = null!;
    private Mentor[] mentors = null!;
    private Mentor<Tensor>[] recorded = null!;
    private ITrainingData<Tensor> replayed = null!;
    private int scratch;

    /// <summary>The student: a small one is the harder case, since the mentors' part weighs more.</summary>
    [Params("resnet8", "resnet20")]
    public string Student { get; set; } = "";

    /// <summary>The form of the answers.</summary>
    [Params("float32", "float16", "float16 top 10")]
    public string Form { get; set; } = "";

    [GlobalSetup]
    public void Make()
    {
        manual_seed(1);
        var device = BenchmarkDevice.Current;
        folder = Directory.CreateTempSubdirectory("classroomkd").FullName;
        using (NewDisposeScope())
            images = new ImageDataset(
                randint(256, [Count, 3, 32, 32], ScalarType.Byte).DetachFromDisposeScope(),
                    randint(Classes, [Count], ScalarType.Int64).DetachFromDisposeScope(),
                [.. Enumerable.Range(0, Classes).Select(i => $"{i}")]).MoveTo(device);
        data = new BatchSampler(images, new() { BatchSize = 64, Seed = 1 }) { Augmentations = [new RandomCropFlip()],
            Normalization = Normalization.Cifar100 };
        mentors = [.. Names.Select(name => new Mentor(name, VisionNetworks.Create(name, Classes).to(device)))];
        Record(folder);
        var lessons = RecordedLessons.Open(folder);
        recorded = [.. Names.Select(name => lessons.CreateMentor(name))];
        replayed = lessons.Replay(data);
        var bytes = Directory.GetFiles(folder, "*", SearchOption.AllDirectories).Sum(file => new FileInfo(file).Length);
        Console.WriteLine($"// {bytes / (double)Count / Names.Length:F0} bytes for each mentor and sample; torch threads: " +
            $"{get_num_threads()}");
    }

    [GlobalCleanup]
    public void Remove()
    {
        Array.ForEach(recorded, mentor => mentor.Dispose());
        Array.ForEach(mentors, mentor => mentor.Dispose());
        images.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    [Benchmark(Baseline = true)]
    public void StudentAlone() => Train(data, null);

    /// <summary>What the trainer adds to it is the other's excess.</summary>
    [Benchmark]
    public void StudentAloneInALoopByHand()
    {
        manual_seed(2);
        using var student = new Student("student", VisionNetworks.Create(Student, Classes).to(BenchmarkDevice.Current));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4);
        foreach (var batch in data.Epoch(0))
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            nn.functional.cross_entropy(student.Answer(batch.Images), batch.Labels).backward();
            optimizer.step();
        }

        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void SixRecordedMentors() => Train(replayed, recorded);

    [Benchmark]
    public void SixLiveMentors() => Train(replayed, mentors);

    /// <summary>What is read, so that it can be told from the noise of whole epochs.</summary>
    [Benchmark]
    public void RecordedAnswersAlone()
    {
        foreach (var batch in replayed.Epoch(0))
        {
            using var scope = NewDisposeScope();
            var question = new MentorQuestion { Input = batch.Input, Number = batch.Number, Samples = batch.Samples,
                Variant = batch.Variant };
            foreach (var mentor in recorded)
                mentor.Answer(question);
        }

        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void BatchesAlone()
    {
        foreach (var _ in replayed.Epoch(0))
            BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void MentorsAnswersAlone()
    {
        foreach (var batch in ((ITrainingData<Tensor>)data).Epoch(0))
        {
            using var scope = NewDisposeScope();
            foreach (var mentor in mentors)
                mentor.Answer(batch.Input);
        }

        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void Recording()
    {
        var other = Path.Combine(folder, $"again-{scratch++}");
        Record(other);
        Directory.Delete(other, recursive: true);
    }

    private void Record(string into) =>
        RecordedLessons.Record(into, mentors, data,
            new() { Form = RecordedForm.Parse(Form)! });

    private void Train(ITrainingData<Tensor> epochs, IEnumerable<Mentor<Tensor>>? teachers)
    {
        manual_seed(2);
        using var student = new Student("student", VisionNetworks.Create(Student, Classes).to(BenchmarkDevice.Current));
        using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4);
        using var classroom = teachers is null ? null : new Classroom(teachers);
        var trainer = classroom is null ? new Trainer(student, optimizer, epochs) : new Trainer(student, optimizer, epochs, classroom);
        trainer.Run();
        BenchmarkDevice.Finish();
    }
}
