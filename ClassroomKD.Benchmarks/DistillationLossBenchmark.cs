using BenchmarkDotNet.Attributes;
using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>What does the distillation loss of one step cost, forward and backward, against the same loss written naively?</summary>
[HideColumns("Error", "StdDev", "RatioSD")]
public class DistillationLossBenchmark
{
    private DisposeScope scope = null!;
    private Tensor student = null!;
    private Tensor[] mentors = null!;
    private Tensor weights = null!;
    private Tensor temperatures = null!;

    /// <summary>Samples, classes, mentors.</summary>
    [Params("64 x 100 x 6", "512 x 1000 x 6", "544 x 3072 x 4", "128 x 10 x 3")]
    public string Shape { get; set; } = "";

    [GlobalSetup]
    public void Prepare()
    {
        scope = NewDisposeScope();
        random.manual_seed(1);
        var sizes = Shape.Split(" x ").Select(long.Parse).ToArray();
        student = randn(sizes[0], sizes[1]).mul_(Scalars.Two).requires_grad_();
        mentors = [.. Enumerable.Range(0, (int)sizes[2]).Select(_ => randn(sizes[0], sizes[1]).mul_(Scalars.Two))];
        weights = rand(sizes[2], sizes[0]);
        temperatures = rand(sizes[2], sizes[0]).mul_(Scalars.Of(12)).add_(Scalars.One, Scalars.One);
    }

    [GlobalCleanup]
    public void Release() => scope.Dispose();

    /// <summary>As people write it: a loop over the mentors.</summary>
    [Benchmark(Baseline = true)]
    public void Naive()
    {
        using var step = NewDisposeScope();
        var loss = zeros([]);
        for (var m = 0; m < mentors.Length; m++)
        {
            var temperature = temperatures[m].unsqueeze(1);
            var taught = nn.functional.softmax(mentors[m] / temperature, 1);
            var learned = nn.functional.log_softmax(student / temperature, 1);
            var divergence = nn.functional.kl_div(learned, taught, reduction: nn.Reduction.None, log_target: false).sum(1);
            loss = loss.add((weights[m] * temperatures[m] * temperatures[m] * divergence).mean(), Scalars.One);
        }
        loss.backward();
        student.grad!.zero_();
    }

    /// <summary>One operation in tensor operations.</summary>
    [Benchmark]
    public void Reference() => Run(KernelImplementation.Reference);

    /// <summary>One operation in vector instructions: what a classroom uses on the CPU.</summary>
    [Benchmark]
    public void Simd() => Run(KernelImplementation.Simd);

    private void Run(KernelImplementation implementation)
    {
        using var step = NewDisposeScope();
        MultiMentorDivergence.Compute(new MultiMentorDivergenceArguments
        {
            Student = student, Mentors = mentors, Weights = weights, Temperatures = temperatures, Implementation = implementation,
        }).Loss.mean().backward();
        student.grad!.zero_();
    }
}
