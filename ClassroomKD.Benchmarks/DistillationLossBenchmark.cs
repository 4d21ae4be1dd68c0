using BenchmarkDotNet.Attributes;
using ClassroomKD.Kernels;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// How much faster is the fused divergence than the same loss in tensor operations, as a training step calls it: forward, mean,
/// backward? Each mentor and row has its own temperature unless said otherwise.
/// </summary>
[MemoryDiagnoser, MinColumn, MemoryColumns]
public class DistillationLossBenchmark
{
    private Tensor student = null!;
    private Tensor[] mentors = null!;
    private Tensor weights = null!;
    private Tensor temperatures = null!;
    private Tensor oneTemperature = null!;

    [ParamsSource(typeof(LogitsShape), nameof(LogitsShape.All))]
    public LogitsShape Shape { get; set; } = null!;

    [GlobalSetup]
    public void Draw()
    {
        manual_seed(1);
        Tensor Logits() => randn(Shape.Rows, Shape.Classes).mul(3).to(BenchmarkDevice.Current);
        student = Logits().requires_grad_();
        mentors = [.. Enumerable.Range(0, Shape.Mentors).Select(_ => Logits())];
        weights = rand(Shape.Mentors, Shape.Rows).add(0.5).to(BenchmarkDevice.Current);
        temperatures = rand(Shape.Mentors, Shape.Rows).mul(12).add(1).to(BenchmarkDevice.Current);
        oneTemperature = full_like(temperatures, 4);
        Console.WriteLine($"// torch threads: {get_num_threads()}");
        CheckThatBothAgree();
    }

    [Benchmark(Baseline = true)]
    public void TensorOperations() => Step(Naive);

    [Benchmark]
    public void Reference() => Step(() => Loss(temperatures, KernelImplementation.Reference));

    [Benchmark]
    public void Fused() => Step(() => Loss(temperatures, KernelImplementation.Auto));

    [Benchmark]
    public void FusedOneTemperature() => Step(() => Loss(oneTemperature, KernelImplementation.Auto));

    private void Step(Func<Tensor> loss)
    {
        using var scope = NewDisposeScope();
        student.grad = null;
        loss().backward();
        BenchmarkDevice.Finish();
    }

    private Tensor Loss(Tensor at, KernelImplementation implementation) => MultiMentorDivergence.Compute(new()
    {
        Student = student,
        Mentors = mentors,
        Weights = weights,
        Temperatures = at,
        Reduction = nn.Reduction.Mean,
        Implementation = implementation,
    }).Loss;

    /// <summary>As it is usually written, the mean over the batch.</summary>
    private Tensor Naive()
    {
        var total = zeros_like(student.select(1, 0));
        for (var m = 0; m < mentors.Length; m++)
        {
            var temperature = temperatures[m].unsqueeze(1);
            var divergence = nn.functional.kl_div(
                nn.functional.log_softmax(student / temperature, 1),
                nn.functional.softmax(mentors[m] / temperature, 1),
                log_target: false,
                reduction: nn.Reduction.None).sum(1);
            total = total.add(weights[m] * temperatures[m].square() * divergence, Scalars.One);
        }

        return total.mean();
    }

    /// <summary>A fast wrong answer is no result: a difference fails the benchmark.</summary>
    private void CheckThatBothAgree()
    {
        using var scope = NewDisposeScope();
        (Tensor Loss, Tensor Gradient) Run(Func<Tensor> compute)
        {
            student.grad = null;
            var loss = compute();
            loss.backward();
            return (loss.detach(), student.grad!.clone());
        }

        var (loss, gradient) = Run(Naive);
        var (fusedLoss, fusedGradient) = Run(() => Loss(temperatures, KernelImplementation.Auto));
        if (!fusedLoss.allclose(loss, 1e-4, 1e-3) || !fusedGradient.allclose(gradient, 1e-3, 1e-7))
            throw new InvalidOperationException($"At {Shape} the fused loss differs from the tensor operations' by up to "
                + $"{(fusedLoss - loss).abs().max().ToDouble()}, its gradient by {(fusedGradient - gradient).abs().max().ToDouble()}.");
    }
}
