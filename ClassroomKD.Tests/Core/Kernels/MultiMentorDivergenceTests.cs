using ClassroomKD.Kernels;
using ClassroomKD.Kernels.Simd;
using CsCheck;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static ClassroomKD.Tests.Core.Kernels.DivergenceCase;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Core.Kernels;

#pragma warning disable NUnit1034 // Runs itself, and is what the tests of the CUDA kernels extend.
[TestFixture(KernelImplementation.Reference, 0)]
[TestFixture(KernelImplementation.Simd, 0)]
[TestFixture(KernelImplementation.Simd, 1)]
[TestFixture(KernelImplementation.Simd, 2)]
[TestFixture(KernelImplementation.Simd, 3)]
[TestFixture(KernelImplementation.Simd, 4)]
[TestFixture(KernelImplementation.Simd, 5)]
[TestFixture(KernelImplementation.Simd, 6)]
public partial class MultiMentorDivergenceTests(KernelImplementation implementation, int width) : TensorFixture
#pragma warning restore NUnit1034
{
    private static readonly Gen<(int, int, int, int, bool, double)> Cases = Gen.Select(
        Gen.OneOf(1, 2, 5, 33), Gen.OneOf(1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 100, 3072), Gen.Int[1, 4], Gen.Int, Gen.Bool,
        Gen.OneOf(1.0, 0.5, 10.0));

    [Test]
    public void Loss_parts_and_gradient_follow_the_formula() => Cases.Sample(
        (rows, classes, mentors, seed, own, scale) =>
        {
            using var inner = NewDisposeScope();
            using var lesson = new DivergenceCase(rows, classes, mentors, seed);
            lesson.Student.requires_grad = true;
            var expected = lesson.Expected(own, scale);

            var result = Compute(lesson.Arguments(implementation, own, scale));
            (result.Loss * lesson.Upstream).sum().backward();

            // T² up to 625 and a scale up to 10 stand between float32's rounding and the result.
            ShouldBeNear(result.PerMentor, expected.PerMentor, 1e-3, 2e-5);
            ShouldBeNear(result.Loss, expected.Loss, 2e-3, 2e-5);
            ShouldBeNear(lesson.Student.grad!, expected.Gradient, 5e-5 * scale, 2e-5);
        },
        iter: 150, threads: 1);

    [Test]
    public void Result_is_as_near_to_float64_as_tensor_operations_are()
    {
        using var lesson = new DivergenceCase(64, 1000, 4, seed: 7, spread: 8);
        lesson.Student.requires_grad = true;
        var (loss, _, gradient) = lesson.Expected();

        (double Loss, double Gradient) Error(Func<Tensor> compute)
        {
            lesson.Student.grad?.zero_();
            var computed = compute();
            (computed * lesson.Upstream).sum().backward();
            return (Distance(computed, loss), Distance(lesson.Student.grad!, gradient));
        }

        var naive = Error(() => PlainDivergence.Compute(lesson.Arguments(implementation)));
        var kernel = Error(() => Compute(lesson.Arguments(implementation)).Loss);

        kernel.Loss.Should().BeLessThan(1.25 * naive.Loss);
        kernel.Gradient.Should().BeLessThan(1.25 * naive.Gradient);
    }

    [Test]
    public void Row_of_weight_zero_may_hold_anything([Values(float.NaN, float.PositiveInfinity, float.NegativeInfinity)] float poison)
    {
        using var lesson = new DivergenceCase(6, 19, 3, seed: 3);
        lesson.Weights[1] = zeros(6);
        var expected = lesson.Expected();
        lesson.Mentors[1].fill_(poison);
        lesson.Temperatures[1] = full(6, float.NaN);
        lesson.Student.requires_grad = true;

        var result = Compute(lesson.Arguments(implementation));
        (result.Loss * lesson.Upstream).sum().backward();

        Values(result.PerMentor).Skip(6).Take(6).Should().OnlyContain(value => value == 0);
        ShouldBeNear(result.Loss, expected.Loss, 5e-4, 2e-5);
        ShouldBeNear(lesson.Student.grad!, expected.Gradient, 5e-5, 2e-5);
    }

    [Test]
    public void Mentor_identical_to_the_student_has_nothing_to_teach([Values(1, 2, 7, 100, 3072)] int classes)
    {
        using var lesson = new DivergenceCase(5, classes, 2, seed: 11);
        foreach (var mentor in lesson.Mentors)
            mentor.copy_(lesson.Student);
        lesson.Student.requires_grad = true;

        var loss = Compute(lesson.Arguments(implementation)).Loss;
        loss.sum().backward();

        Values(loss).Should().OnlyContain(value => value == 0);
        Values(lesson.Student.grad!).Max(Math.Abs).Should().BeLessThan(1e-6);
    }

    [Test]
    public void Nearly_identical_mentor_never_gives_a_loss_below_rounding()
    {
        using var lesson = new DivergenceCase(64, 100, 1, seed: 5);
        lesson.Mentors[0].copy_(lesson.Student * 1.0001f);
        lesson.Weights.fill_(1);
        lesson.Temperatures.fill_(1);

        Values(Compute(lesson.Arguments(implementation)).Loss).Min().Should().BeGreaterThan(-1e-6);
    }

    [Test]
    public void Strided_tensors_are_read_as_their_contiguous_copies_are()
    {
        using var lesson = new DivergenceCase(9, 33, 2, seed: 17);
        var expected = lesson.Expected();
        static Tensor Transposed(Tensor x) => x.t().contiguous().t();
        var student = Transposed(lesson.Student).requires_grad_();

        var result = Compute(lesson.Arguments(implementation) with
        {
            Student = student,
            Mentors = [stack([lesson.Mentors[0], lesson.Mentors[1]], 2).select(2, 0), Transposed(lesson.Mentors[1])],
            Weights = Transposed(lesson.Weights),
            Temperatures = Transposed(lesson.Temperatures),
        });
        (result.Loss * lesson.Upstream).sum().backward();

        ShouldBeNear(result.Loss, expected.Loss, 5e-4, 2e-5);
        ShouldBeNear(student.grad!, expected.Gradient, 5e-5, 2e-5);
    }

    [TestCase(nn.Reduction.Mean, ScalarType.Float32, 45)]
    [TestCase(nn.Reduction.Sum, ScalarType.Float32, 45)]
    [TestCase(nn.Reduction.Mean, ScalarType.BFloat16, 45)]
    [TestCase(nn.Reduction.Mean, ScalarType.Float32, 10_000)]
    [TestCase(nn.Reduction.Sum, ScalarType.BFloat16, 10_000)]
    public void Reduced_loss_and_its_gradient_are_those_of_the_rows_reduced_afterwards(nn.Reduction reduction, ScalarType type, int classes)
    {
        using var lesson = new DivergenceCase(7, classes, 3, seed: 41, type: type);
        lesson.Student.requires_grad = true;
        var rows = Compute(lesson.Arguments(implementation));
        var expected = reduction == nn.Reduction.Mean ? rows.Loss.mean() : rows.Loss.sum();
        expected.mul(3).backward();
        var gradient = Values(lesson.Student.grad!);
        lesson.Student.grad = null;

        var reduced = Compute(lesson.Arguments(implementation) with { Reduction = reduction });
        reduced.Loss.mul(3).backward();

        reduced.Loss.shape.Should().BeEmpty();
        ShouldBeNear(reduced.Loss, Values(expected), 0, 1e-6);
        ShouldBeNear(lesson.Student.grad!, gradient, type == ScalarType.Float32 ? 1e-7 : 1e-3, type == ScalarType.Float32 ? 1e-5 : 0.01);
        Values(reduced.PerMentor).Should().Equal(Values(rows.PerMentor));
        using (no_grad())
            Values(Compute(lesson.Arguments(implementation) with { Reduction = reduction }).Loss).Single()
                .Should().BeApproximately(Values(expected).Single(), 1e-6 * Values(expected).Single());
    }

    [Test]
    public void Batch_without_rows_gives_a_loss_without_rows()
    {
        using var lesson = new DivergenceCase(0, 10, 2, seed: 1);
        lesson.Student.requires_grad = true;

        var result = Compute(lesson.Arguments(implementation));
        result.Loss.sum().backward();

        result.Loss.shape.Should().Equal(0);
        result.PerMentor.shape.Should().Equal(2, 0);
        lesson.Student.grad!.shape.Should().Equal(0, 10);
    }

    [Test]
    public void Gradient_adds_to_that_of_other_losses_and_of_a_second_call()
    {
        using var lesson = new DivergenceCase(4, 21, 2, seed: 23);
        var weight = randn(21, 21).requires_grad_();
        var logits = lesson.Student.matmul(weight);
        var arguments = lesson.Arguments(implementation) with { Student = logits };

        Tensor Gradient(Func<Tensor> loss)
        {
            weight.grad?.zero_();
            loss().backward(retain_graph: true);
            return weight.grad!.clone();
        }

        var alone = Gradient(() => Compute(arguments).Loss.sum());
        var squares = Gradient(() => logits.square().sum());
        var together = Gradient(() => Compute(arguments).Loss.sum().mul(2)
            .add(Compute(arguments).Loss.sum(), 1).add(logits.square().sum(), 1));

        var expected = alone.mul(3).add(squares, 1);
        ShouldBeNear(together, Values(expected), 1e-2, 1e-4);
    }

    [Test]
    public void Graph_that_is_kept_gives_the_same_gradient_again()
    {
        using var lesson = new DivergenceCase(4, 21, 2, seed: 29);
        lesson.Student.requires_grad = true;
        var loss = Compute(lesson.Arguments(implementation)).Loss.sum();

        loss.backward(retain_graph: true);
        var first = Values(lesson.Student.grad!);
        loss.backward();

        Values(lesson.Student.grad!).Should().Equal(first.Select(g => 2 * g));
    }

    [Test]
    public void Only_the_student_is_differentiated_and_only_while_recording()
    {
        using var lesson = new DivergenceCase(4, 21, 2, seed: 31);
        lesson.Weights.requires_grad = true;
        Compute(lesson.Arguments(implementation)).Loss.requires_grad.Should().BeFalse();

        lesson.Student.requires_grad = true;
        var recorded = Compute(lesson.Arguments(implementation));
        recorded.Loss.requires_grad.Should().BeTrue();
        recorded.PerMentor.requires_grad.Should().BeFalse();
        using (no_grad())
            Compute(lesson.Arguments(implementation)).Loss.requires_grad.Should().BeFalse();
    }

    [Test]
    public void Half_precision_is_computed_in_float32([Values(ScalarType.Float16, ScalarType.BFloat16)] ScalarType type)
    {
        using var lesson = new DivergenceCase(4, 21, 2, seed: 37, type: type);
        lesson.Student.requires_grad = true;
        var expected = lesson.Expected();

        var loss = Compute(lesson.Arguments(implementation)).Loss;
        (loss * lesson.Upstream.to_type(ScalarType.Float32)).sum().backward();

        loss.dtype.Should().Be(ScalarType.Float32);
        lesson.Student.grad!.dtype.Should().Be(type);
        ShouldBeNear(loss, expected.Loss, 5e-4, 2e-5);
        ShouldBeNear(lesson.Student.grad!, expected.Gradient, 0.05, 0.01);
    }

    protected virtual MultiMentorDivergenceResult Compute(MultiMentorDivergenceArguments arguments) =>
        MultiMentorDivergence.Compute(arguments, (SimdWidth)width);

    private static double Distance(Tensor actual, double[] expected) =>
        Math.Sqrt(Values(actual).Zip(expected, (a, e) => (a - e) * (a - e)).Average());

    private static void ShouldBeNear(Tensor actual, double[] expected, double absolute, double relative)
    {
        var values = Values(actual);
        values.Length.Should().Be(expected.Length);
        for (var i = 0; i < values.Length; i++)
            if (!(Math.Abs(values[i] - expected[i]) <= absolute + (relative * Math.Abs(expected[i]))))
                Assert.Fail($"Element {i} is {values[i]:R}; {expected[i]:R} was expected.");
    }
}
