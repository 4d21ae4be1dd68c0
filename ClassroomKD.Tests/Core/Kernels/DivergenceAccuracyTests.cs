using ClassroomKD.Kernels;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

/// <summary>At high temperatures a divergence is a small difference of large terms, in which the rounding of any of them shows.</summary>
public sealed class DivergenceAccuracyTests
{
    private const int Rows = 500;

    [Test]
    public void Small_divergences_are_nearer_to_float64_than_tensor_operations_are(
        [Values(4, 10, 31, 32, 100, 1000)] int classes, [Values(4.0, 12.0, 25.0)] double temperature)
    {
        using var scope = NewDisposeScope();
        using var lesson = Lesson(classes, temperature);
        var exact = DivergenceCase.Values(Loss(lesson, ScalarType.Float64));

        var kernel = Errors(Loss(lesson, ScalarType.Float32), exact);
        var naive = Errors(PlainDivergence.Compute(lesson.Arguments(KernelImplementation.Auto)), exact);

        kernel.Should().BeLessThan(naive / 3);
    }

    [Test]
    public void Short_rows_are_exact_to_a_millionth([Values(4, 5, 10, 31)] int classes)
    {
        using var scope = NewDisposeScope();
        using var lesson = Lesson(classes, 12);
        var exact = DivergenceCase.Values(Loss(lesson, ScalarType.Float64));

        Errors(Loss(lesson, ScalarType.Float32), exact).Should().BeLessThan(1e-6);
    }

    private static DivergenceCase Lesson(int classes, double temperature)
    {
        var lesson = new DivergenceCase(Rows, classes, 1, seed: classes);
        lesson.Weights.fill_(1);
        lesson.Temperatures.fill_(temperature);
        return lesson;
    }

    private static Tensor Loss(DivergenceCase lesson, ScalarType type) => MultiMentorDivergence.Compute(new()
    {
        Student = lesson.Student.to_type(type),
        Mentors = [lesson.Mentors[0].to_type(type)],
        Weights = lesson.Weights.to_type(type),
        Temperatures = lesson.Temperatures.to_type(type),
    }).Loss;

    /// <summary>Root mean square of the errors relative to each divergence, the nearest hundredth of the distributions left out.</summary>
    private static double Errors(Tensor losses, double[] exact) => Math.Sqrt(
        DivergenceCase.Values(losses).Zip(exact, (loss, truth) => (truth, Error: (loss - truth) / truth))
            .OrderBy(row => row.truth).Skip(Rows / 100).Average(row => row.Error * row.Error));
}
