using BenchmarkDotNet.Attributes;
using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>How much faster does one reading judge all answers than tensor operations do, mentor by mentor?</summary>
[MemoryDiagnoser, MinColumn]
public class CrossEntropyBenchmark
{
    private Tensor student = null!;
    private Tensor[] mentors = null!;
    private Tensor labels = null!;

    [ParamsSource(typeof(LogitsShape), nameof(LogitsShape.All))]
    public LogitsShape Shape { get; set; } = null!;

    [GlobalSetup]
    public void Draw()
    {
        manual_seed(1);
        var device = BenchmarkDevice.Current;
        student = randn(Shape.Rows, Shape.Classes).mul(3).to(device);
        mentors = [.. Enumerable.Range(0, Shape.Mentors).Select(_ => randn(Shape.Rows, Shape.Classes).mul(3).to(device))];
        labels = randint(Shape.Classes, [Shape.Rows], ScalarType.Int64).to(device);
    }

    [Benchmark(Baseline = true)]
    public void TensorOperations()
    {
        using var scope = NewDisposeScope();
        using var recording = no_grad();
        foreach (var logits in (Tensor[])[student, .. mentors])
        {
            _ = nn.functional.cross_entropy(logits, labels, reduction: nn.Reduction.None);
            _ = logits.argmax(1).eq(labels);
            _ = logits.isfinite().all(1);
        }

        BenchmarkDevice.Finish();
    }

    [Benchmark]
    public void Fused()
    {
        using var scope = NewDisposeScope();
        _ = MultiMentorCrossEntropy.Compute(new() { Student = student, Mentors = mentors, Targets = labels });
        BenchmarkDevice.Finish();
    }
}
