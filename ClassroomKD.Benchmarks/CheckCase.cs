using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Cuda;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// The largest errors of an implementation: of losses relative to each, of gradients to the largest, of cross-entropies to each or 1.
/// </summary>
internal sealed record CheckErrors(double Loss, double Gradient, double CrossEntropy)
{
    /// <summary>float32's rounding; a gradient comes in the type of the student's logits and has that one's.</summary>
    public bool Within(ScalarType student) =>
        Loss < 2e-5 && CrossEntropy < 2e-6
        && Gradient < student switch { ScalarType.Float16 => 1e-3, ScalarType.BFloat16 => 8e-3, _ => 1e-5 };
}

/// <summary>A batch on a device, and what the kernels make of it. Its tensors belong to the dispose scope of the caller.</summary>
internal sealed class CheckCase
{
    private readonly Tensor weights;
    private readonly Tensor temperatures;

    public CheckCase(LogitsShape shape, ScalarType studentType, ScalarType mentorType, Device device)
    {
        manual_seed(1);
        Tensor Logits(ScalarType type) => randn(shape.Rows, shape.Classes).mul(3).to(type).to(device);
        Student = Logits(studentType).requires_grad_();
        Mentors = [.. Enumerable.Range(0, shape.Mentors).Select(_ => Logits(mentorType))];
        Labels = randint(shape.Classes, [shape.Rows], ScalarType.Int64).to(device);

        // One mentor in four does not teach a row.
        weights = rand(shape.Mentors, shape.Rows).add(0.5).mul(rand(shape.Mentors, shape.Rows).ge(0.25)).to(device);
        temperatures = rand(shape.Mentors, shape.Rows).mul(12).add(1).to(device);
    }

    public Tensor Student { get; }

    public Tensor[] Mentors { get; }

    public Tensor Labels { get; }

    public CheckErrors Errors(KernelImplementation implementation)
    {
        using var scope = NewDisposeScope();
        var exactStudent = Student.detach().to(ScalarType.Float64).requires_grad_();
        Tensor[] exactMentors = [.. Mentors.Select(mentor => mentor.to(ScalarType.Float64))];
        var exact = Divergence(exactStudent, exactMentors, KernelImplementation.Reference);
        exact.sum().backward();
        Student.grad = null;
        var loss = Loss(implementation);
        loss.sum().backward();

        Tensor Judge(Tensor student, Tensor[] mentors, KernelImplementation by) => MultiMentorCrossEntropy.Compute(
            new() { Student = student.detach(), Mentors = mentors, Targets = Labels, Implementation = by })
            .CrossEntropy.to(ScalarType.Float64);
        var exactCrossEntropy = Judge(exactStudent, exactMentors, KernelImplementation.Reference);

        // Read once all three are known.
        var (gradient, exactGradient) = (Student.grad!.to(ScalarType.Float64), exactStudent.grad!);
        return new CheckErrors(
            ((loss.detach().to(ScalarType.Float64) - exact.detach()).abs() / exact.detach().abs().clamp_min(1e-12)).max().ToDouble(),
            ((gradient - exactGradient).abs().max() / exactGradient.abs().max()).ToDouble(),
            ((Judge(Student, Mentors, implementation) - exactCrossEntropy).abs() / exactCrossEntropy.clamp_min(1)).max().ToDouble());
    }

    public Tensor Loss(KernelImplementation implementation, nn.Reduction reduction = nn.Reduction.None) =>
        Divergence(Student, Mentors, implementation, reduction);

    /// <summary>The loss as it is usually written, its mean over the batch.</summary>
    public Tensor Naive()
    {
        var total = zeros_like(weights.select(0, 0));
        for (var m = 0; m < Mentors.Length; m++)
        {
            var temperature = temperatures.select(0, m);
            var divergence = nn.functional.kl_div(
                nn.functional.log_softmax(Student / temperature.unsqueeze(1), 1),
                nn.functional.softmax(Mentors[m] / temperature.unsqueeze(1), 1),
                log_target: false,
                reduction: nn.Reduction.None).sum(1);
            total = total.add(weights.select(0, m) * temperature.square() * divergence, Scalars.One);
        }

        return total.mean();
    }

    public void Step(Func<Tensor> loss)
    {
        Student.grad = null;
        loss().backward();
    }

    /// <summary>The CUDA kernel with its gradient, and nothing of what hands that to autograd.</summary>
    public void Kernel()
    {
        using var recording = no_grad();
        CudaDivergence.TryCompute(
            Arguments(Student, Mentors, KernelImplementation.Cuda, nn.Reduction.Mean), differentiate: true, CudaRuntime.Installed, out _);
    }

    private Tensor Divergence(
        Tensor student, Tensor[] mentors, KernelImplementation implementation, nn.Reduction reduction = nn.Reduction.None) =>
        MultiMentorDivergence.Compute(Arguments(student, mentors, implementation, reduction)).Loss;

    private MultiMentorDivergenceArguments Arguments(
        Tensor student, Tensor[] mentors, KernelImplementation implementation, nn.Reduction reduction) => new()
        {
            Student = student,
            Mentors = mentors,
            Weights = weights,
            Temperatures = temperatures,
            Reduction = reduction,
            Implementation = implementation,
        };
}
