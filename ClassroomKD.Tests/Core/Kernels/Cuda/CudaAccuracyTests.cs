using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Kernels.Simd;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static ClassroomKD.Tests.Core.Kernels.DivergenceCase;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels.Cuda;

/// <summary>Where the CUDA kernel goes ways of its own: small divergences, half precision, long rows, unaligned addresses.</summary>
public sealed class CudaAccuracyTests : TensorFixture
{
    [Test]
    public void Small_divergence_keeps_its_digits([Values(7, 100, 1000, 5000)] int classes, [Values(1, 0.1, 0.01, 0.001)] double difference)
    {
        using var lesson = new DivergenceCase(8, classes, 2, seed: 3);
        foreach (var mentor in lesson.Mentors)
            mentor.mul_(difference / 3).add_(lesson.Student);
        lesson.Weights.fill_(1);

        // Logits that differ by a thousandth, at T up to 25: a divergence of 1e-9, of which the rounding of the sums shows the square.
        var tolerance = difference < 0.01 ? 1e-4 : 1e-5;
        var (loss, perMentor, _) = lesson.Expected();

        var result = EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda));

        Values(result.PerMentor).Zip(perMentor, (a, e) => Math.Abs(a - e) / e).Max().Should().BeLessThan(tolerance);
        Values(result.Loss).Zip(loss, (a, e) => Math.Abs(a - e) / e).Max().Should().BeLessThan(tolerance);
    }

    [Test]
    public void Row_longer_than_a_block_holds_follows_the_formula([Values(4096, 4097, 5000, 9001)] int classes, [Values] bool own)
    {
        using var lesson = new DivergenceCase(3, classes, 3, seed: 5);
        lesson.Weights.view(-1)[TensorIndex.Slice(0, 3)] = zeros(3);
        lesson.Student.requires_grad = true;
        var (loss, _, gradient) = lesson.Expected(own);

        var result = EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda, own));
        (result.Loss * lesson.Upstream).sum().backward();

        Values(result.Loss).Zip(loss, (a, e) => Math.Abs(a - e) - (2e-5 * e)).Max().Should().BeLessThan(1e-6);
        Values(lesson.Student.grad!).Zip(gradient, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(1e-5);
    }

    [Test]
    public void Row_that_nobody_teaches_gets_a_gradient_of_zero([Values(10, 300, 5000)] int classes)
    {
        using var lesson = new DivergenceCase(2, classes, 2, seed: 5);
        lesson.Weights.fill_(0);
        lesson.Student.requires_grad = true;

        EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda)).Loss.sum().backward();

        Values(lesson.Student.grad!).Should().OnlyContain(value => value == 0);
    }

    [Test]
    public void Every_pair_of_types_is_read_as_it_is(
        [Values(ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16)] ScalarType studentType,
        [Values(ScalarType.Float32, ScalarType.Float16, ScalarType.BFloat16, ScalarType.Float64)] ScalarType mentorType,
        [Values(48, 1000)] int classes)
    {
        using var lesson = new DivergenceCase(3, classes, 2, seed: 7);
        var student = lesson.Student.to_type(studentType);
        Tensor[] mentors = [.. lesson.Mentors.Select(mentor => mentor.to_type(mentorType))];
        lesson.Student.copy_(student);
        for (var m = 0; m < mentors.Length; m++)
            lesson.Mentors[m].copy_(mentors[m]);
        student.requires_grad = true;
        var (loss, _, gradient) = lesson.Expected();

        var result = EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda) with { Student = student, Mentors = mentors });
        (result.Loss * lesson.Upstream).sum().backward();

        result.Loss.dtype.Should().Be(ScalarType.Float32);
        Values(result.Loss).Zip(loss, (a, e) => Math.Abs(a - e) / Math.Max(e, 1e-3)).Max().Should().BeLessThan(2e-5);
        var rounding = studentType switch { ScalarType.Float32 => 1e-6, ScalarType.Float16 => 1e-3, _ => 8e-3 };
        student.grad!.dtype.Should().Be(studentType);
        Values(student.grad!).Zip(gradient, (a, e) => Math.Abs(a - e) - (rounding * Math.Abs(e))).Max().Should().BeLessThan(2e-5);
    }

    [Test]
    public void Mentors_of_different_types_are_served_together()
    {
        using var lesson = new DivergenceCase(3, 40, 2, seed: 7);
        lesson.Mentors[1].copy_(lesson.Mentors[1].to_type(ScalarType.BFloat16));
        var expected = lesson.Expected().Loss;

        var result = EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda) with
        {
            Mentors = [lesson.Mentors[0], lesson.Mentors[1].to_type(ScalarType.BFloat16)],
        });

        Values(result.Loss).Zip(expected, (a, e) => Math.Abs(a - e) / e).Max().Should().BeLessThan(2e-5);
    }

    [Test]
    public void Tensor_that_begins_between_the_steps_of_alignment_is_read_too([Values(1, 2, 3, 4)] int offset)
    {
        using var lesson = new DivergenceCase(2, 64, 1, seed: 9);
        var expected = lesson.Expected().Loss;
        Tensor Shifted(Tensor x) => cat([zeros(offset, x.dtype), x.reshape(-1)])[TensorIndex.Slice(offset)].view(2, 64);

        var result = EmulatedCuda.Compute(lesson.Arguments(KernelImplementation.Cuda) with
        {
            Student = Shifted(lesson.Student),
            Mentors = [Shifted(lesson.Mentors[0])],
        });
        var judged = MultiMentorCrossEntropy.Compute(
            new()
            {
                Student = lesson.Student, Mentors = [], Targets = Shifted(special.softmax(lesson.Student, 1)),
                Implementation = KernelImplementation.Cuda,
            },
            SimdWidth.Auto, EmulatedCuda.Runtime);

        Values(result.Loss).Zip(expected, (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(1e-4);
        Values(judged.CrossEntropy).Should().OnlyContain(value => value > 0 && value < Math.Log(64));
    }

    [Test]
    public void Infinity_and_nan_show_where_the_reference_shows_them(
        [Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float poison,
        [Values] bool inStudent,
        [Values(5, 40, 300, 5000)] int classes)
    {
        using var lesson = new DivergenceCase(3, classes, 1, seed: 11);
        lesson.Weights.fill_(1);
        (inStudent ? lesson.Student : lesson.Mentors[0])[1, classes - 2] = poison;
        (inStudent ? lesson.Student : lesson.Mentors[0])[2] = full(classes, poison);
        lesson.Student.requires_grad = true;
        (string[] Loss, string[] Gradient) Kinds(
            Func<MultiMentorDivergenceArguments, MultiMentorDivergenceResult> compute, KernelImplementation by)
        {
            lesson.Student.grad = null;
            var loss = compute(lesson.Arguments(by)).Loss;
            loss.sum().backward();
            static string[] Of(Tensor x) =>
                [.. Values(x).Select(v => double.IsFinite(v) ? "finite" : v.ToString(System.Globalization.CultureInfo.InvariantCulture))];
            return (Of(loss), Of(lesson.Student.grad!));
        }

        var reference = Kinds(x => MultiMentorDivergence.Compute(x), KernelImplementation.Reference);
        var cuda = Kinds(EmulatedCuda.Compute, KernelImplementation.Cuda);

        cuda.Loss.Should().Equal(reference.Loss);
        cuda.Gradient.Should().Equal(reference.Gradient);
    }

    [Test]
    public void Class_that_does_not_exist_gives_nan_and_reads_nothing()
    {
        // Without validation, which looks at class indices on the CPU only.
        var arguments = new MultiMentorCrossEntropyArguments
        {
            Student = zeros(4, 5), Mentors = [], Targets = tensor((long[])[5, -1, long.MaxValue, 1]),
            Implementation = KernelImplementation.Cuda,
        };

        CudaCrossEntropy.TryCompute(arguments, EmulatedCuda.Runtime, out var result).Should().BeTrue();

        Values(result.CrossEntropy).Select(double.IsNaN).Should().Equal(true, true, true, false);
        result.Correct.data<bool>().Should().OnlyContain(right => !right);
    }
}
