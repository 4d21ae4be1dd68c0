using BenchmarkDotNet.Attributes;
using ClassroomKD.Vision;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>What does a step of ResNet-20 with three mentors cost, and what of it is the classroom itself?</summary>
[MemoryDiagnoser, MinColumn]
public class ClassroomStepBenchmark
{
    private const int Batch = 64;
    private const int Classes = 100;

    private Tensor images = null!;
    private Tensor labels = null!;
    private Student student = null!;
    private SgdOptimizer optimizer = null!;
    private Mentor[] mentors = null!;
    private Classroom classroom = null!;
    private Tensor logits = null!;
    private Tensor[] answers = null!;

    [GlobalSetup]
    public void Make()
    {
        manual_seed(1);
        var device = BenchmarkDevice.Current;
        (images, labels) = (randn(Batch, 3, 32, 32).to(device), randint(Classes, [Batch], ScalarType.Int64).to(device));
        student = new Student("resnet20", VisionNetworks.Create("resnet20", Classes).to(device));
        optimizer = new SgdOptimizer(student.Module.parameters(), 0.05, momentum: 0.9, weightDecay: 5e-4);
        mentors =
        [
            .. new[] { "resnet56", "resnet32", "resnet20" }
                .Select(name => new Mentor(name, VisionNetworks.Create(name, Classes).to(device))),
        ];
        classroom = new Classroom(mentors);
        logits = student.Examine(images).detach().requires_grad_();
        answers = [.. mentors.Select(mentor => mentor.Answer(images))];
        Console.WriteLine($"// torch threads: {get_num_threads()}");
    }

    /// <summary>The models' own work: the student's step with cross-entropy, and the mentors' answers, used for nothing.</summary>
    [Benchmark(Baseline = true)]
    public void ModelsAlone()
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        foreach (var mentor in mentors)
            mentor.Answer(images);
        nn.functional.cross_entropy(student.Answer(images), labels).backward();
        optimizer.step();
        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void WithTheClassroom()
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        classroom.Teach(images, student.Answer(images), labels).Loss.backward();
        optimizer.step();
        BenchmarkDevice.Finish();
    }

    /// <summary>Ranks, temperatures, loss and its gradient to the student's logits, answers given and cross-entropy included.</summary>
    [Benchmark]
    public void ClassroomAlone()
    {
        using var scope = NewDisposeScope();
        logits.grad = null;
        classroom.Teach(logits, answers, labels).Loss.backward();
        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void StudentAlone()
    {
        using var scope = NewDisposeScope();
        optimizer.zero_grad();
        nn.functional.cross_entropy(student.Answer(images), labels).backward();
        optimizer.step();
        BenchmarkDevice.Finish();
    }
}
