using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static ClassroomKD.Tests.Core.Kernels.DivergenceCase;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

/// <summary>float64, where the gradient can be checked to many digits.</summary>
public sealed class ReferenceDivergenceGradientTests : TensorFixture
{
    private DivergenceCase lesson = null!;

    [SetUp]
    public void Draw()
    {
        lesson = new DivergenceCase(3, 11, 3, seed: 41, type: ScalarType.Float64);
        lesson.Student.requires_grad = true;
    }

    [TearDown]
    public void Release() => lesson.Dispose();

    [Test]
    public void Equals_that_of_autograd([Values] bool own, [Values(1.0, 10.0)] double scale)
    {
        var arguments = lesson.Arguments(KernelImplementation.Reference, own, scale);
        (PlainDivergence.Compute(arguments) * lesson.Upstream).sum().backward();
        var expected = Values(lesson.Student.grad!);
        lesson.Student.grad!.zero_();

        (MultiMentorDivergence.Compute(arguments).Loss * lesson.Upstream).sum().backward();

        Values(lesson.Student.grad!).Zip(expected, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(1e-12);
    }

    [Test]
    public void Equals_finite_differences([Values] bool own)
    {
        const double Step = 1e-5;
        var arguments = lesson.Arguments(KernelImplementation.Reference, own);
        (MultiMentorDivergence.Compute(arguments).Loss * lesson.Upstream).sum().backward();
        var gradient = Values(lesson.Student.grad!);

        double Moved(int element, double by)
        {
            var moved = lesson.Student.detach().clone();
            moved.view(-1)[element] += by;
            var loss = MultiMentorDivergence.Compute(arguments with { Student = moved }).Loss;
            return (loss * lesson.Upstream).sum().ToDouble();
        }

        for (var i = 0; i < gradient.Length; i++)
            gradient[i].Should().BeApproximately((Moved(i, Step) - Moved(i, -Step)) / (2 * Step), 1e-7);
    }
}
