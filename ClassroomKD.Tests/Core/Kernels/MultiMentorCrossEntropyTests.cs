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
public class MultiMentorCrossEntropyTests(KernelImplementation implementation, int width) : TensorFixture
#pragma warning restore NUnit1034
{
    private static readonly Gen<(int, int, int, int, double)> Cases = Gen.Select(
        Gen.OneOf(1, 2, 5, 33), Gen.OneOf(1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 100, 3072), Gen.Int[0, 3], Gen.Int, Gen.OneOf(0.1, 3, 30, 1e4));

    [Test]
    public void Class_indices_are_judged_as_the_definition_says() => Cases.Sample(
        (rows, classes, mentors, seed, spread) =>
        {
            using var inner = NewDisposeScope();
            using var lesson = new DivergenceCase(rows, classes, mentors, seed, spread);
            var random = new Random(seed);
            var labels = Enumerable.Range(0, rows).Select(_ => random.Next(5) == 0 ? -100L : random.Next(classes)).ToArray();

            var result = Compute(new() { Student = lesson.Student, Mentors = lesson.Mentors, Targets = tensor(labels) });

            var (loss, correct) = (Values(result.CrossEntropy), Flags(result.Correct));
            Flags(result.Finite).Should().NotContain(false);
            Tensor[] answers = [lesson.Student, .. lesson.Mentors];
            for (var k = 0; k < answers.Length; k++)
            {
                var logits = Values(answers[k]);
                for (var r = 0; r < rows; r++)
                {
                    var row = logits.AsSpan(r * classes, classes).ToArray();
                    var cell = (k * rows) + r;
                    var (expected, right) = labels[r] < 0
                        ? (0, false)
                        : (LogSumExp(row) - row[labels[r]], Array.IndexOf(row, row.Max()) == labels[r]);
                    loss[cell].Should().BeApproximately(expected, 1e-6 + (1e-6 * expected));
                    correct[cell].Should().Be(right);
                }
            }
        },
        iter: 100, threads: 1);

    [Test]
    public void Distributions_are_judged_as_the_definition_says() => Cases.Sample(
        (rows, classes, mentors, seed, spread) =>
        {
            using var inner = NewDisposeScope();
            using var lesson = new DivergenceCase(rows, classes, mentors, seed, spread);
            using var truths = new DivergenceCase(rows, classes, 1, seed + 1);
            var distribution = special.softmax(truths.Student, 1);

            var result = Compute(new() { Student = lesson.Student, Mentors = lesson.Mentors, Targets = distribution });

            var (loss, correct, shares) = (Values(result.CrossEntropy), Flags(result.Correct), Values(distribution));
            Tensor[] answers = [lesson.Student, .. lesson.Mentors];
            for (var k = 0; k < answers.Length; k++)
            {
                var logits = Values(answers[k]);
                for (var r = 0; r < rows; r++)
                {
                    var row = logits.AsSpan(r * classes, classes).ToArray();
                    var truth = shares.AsSpan(r * classes, classes).ToArray();
                    var normaliser = LogSumExp(row);
                    var expected = truth.Zip(row, (t, z) => t * (normaliser - z)).Sum();
                    loss[(k * rows) + r].Should().BeApproximately(expected, 1e-6 + (2e-6 * expected));
                    correct[(k * rows) + r].Should().Be(Array.IndexOf(row, row.Max()) == Array.IndexOf(truth, truth.Max()));
                }
            }
        },
        iter: 60, threads: 1);

    [Test]
    public void Answer_that_is_not_finite_has_infinite_loss_and_is_reported(
        [Values(float.NaN, float.PositiveInfinity)] float poison, [Values(1, 7, 33)] int classes)
    {
        var mentor = zeros(3, classes);
        mentor[1, classes - 1] = poison;

        var result = Compute(new() { Student = zeros(3, classes), Mentors = [mentor], Targets = zeros([3], ScalarType.Int64) });

        Flags(result.Finite).Should().Equal(true, true, true, true, false, true);
        Values(result.CrossEntropy).Select(double.IsPositiveInfinity).Should().Equal(false, false, false, false, true, false);
        Flags(result.Correct).Should().Equal(true, true, true, true, false, true);
    }

    [Test]
    public void Masked_class_has_no_probability(
        [Values(float.NegativeInfinity, float.MinValue)] float mask, [Values(2, 7, 33, 700)] int classes)
    {
        using var lesson = new DivergenceCase(3, classes, 1, seed: 4);
        var mentor = lesson.Mentors[0];
        var kept = mentor.narrow(1, 1, classes - 1).clone();
        mentor.select(1, 0).fill_(mask);
        var labels = tensor((long[])[1, classes - 1, 0]);

        var result = Compute(new() { Student = lesson.Student, Mentors = [mentor], Targets = labels });

        var expected = Values(nn.functional.cross_entropy(kept, labels.sub(1).clamp_min(0), reduction: nn.Reduction.None));
        Flags(result.Finite).Should().NotContain(false);
        Values(result.CrossEntropy).Skip(3).Take(2).Should().Equal(expected.Take(2), (a, e) => Math.Abs(a - e) < 1e-5);
        Values(result.CrossEntropy)[5].Should().BeGreaterThan(1e30, "the truth is masked");
        var right = Values(kept.argmax(1)).Zip(Values(labels), (prediction, label) => prediction == label - 1);
        Flags(result.Correct).Skip(3).Should().Equal(right);
    }

    [Test]
    public void What_a_distribution_gives_to_a_masked_class_is_given_to_the_others([Values(3, 7, 33, 700)] int classes)
    {
        using var lesson = new DivergenceCase(4, classes, 1, seed: 6);
        var truth = special.softmax(lesson.Student * 0.1f, 1);
        truth[3, 0] = 2;
        var (kept, shares) = (lesson.Mentors[0].narrow(1, 1, classes - 1).clone(), truth.narrow(1, 1, classes - 1));
        lesson.Mentors[0].select(1, 0).fill_(float.NegativeInfinity);

        var result = Compute(new() { Student = lesson.Student, Mentors = lesson.Mentors, Targets = truth });

        var expected = Values((shares / shares.sum(1, keepdim: true) * special.log_softmax(kept, 1)).sum(1).neg() * truth.sum(1));
        var top = Values(truth.argmax(1));
        for (var row = 0; row < 4; row++)
            if (top[row] == 0)
                Values(result.CrossEntropy)[4 + row].Should().Be(double.PositiveInfinity, "the true class is masked");
            else
                Values(result.CrossEntropy)[4 + row].Should().BeApproximately(expected[row], 1e-5 * classes);
        Flags(result.Finite).Should().NotContain(false);
    }

    [Test]
    public void Answer_that_masks_every_class_is_none([Values(1, 7, 700)] int classes)
    {
        var result = Compute(new()
        {
            Student = zeros(1, classes),
            Mentors = [full(1, classes, float.NegativeInfinity)],
            Targets = zeros([1], ScalarType.Int64),
        });

        Flags(result.Finite).Should().Equal(true, false);
        Values(result.CrossEntropy)[1].Should().Be(double.PositiveInfinity);
    }

    [Test]
    public void Ignored_row_counts_for_nothing_even_if_it_is_not_finite()
    {
        var student = zeros(2, 5);
        student[0, 3] = float.NaN;

        var result = Compute(new() { Student = student, Mentors = [], Targets = tensor((long[])[255, 0]), IgnoreIndex = 255 });

        Values(result.CrossEntropy)[0].Should().Be(0);
        Flags(result.Correct).Should().Equal(false, true);
        Flags(result.Finite).Should().Equal(false, true);
    }

    [Test]
    public void Of_equal_logits_the_first_is_the_answer([Values(2, 9, 40)] int classes)
    {
        var targets = tensor((long[])[0, 1, classes - 1]);

        Flags(Compute(new() { Student = zeros(3, classes), Mentors = [], Targets = targets }).Correct).Should().Equal(true, false, false);
    }

    [Test]
    public void Strided_and_half_precision_answers_are_read_too()
    {
        using var lesson = new DivergenceCase(6, 40, 1, seed: 3, type: ScalarType.BFloat16);
        var targets = arange(12, ScalarType.Int64)[TensorIndex.Slice(0, 12, 2)];
        var strided = lesson.Student.t().contiguous().t();

        var result = Compute(new() { Student = strided, Mentors = [lesson.Student.to_type(ScalarType.Float32)], Targets = targets });

        result.CrossEntropy.dtype.Should().Be(ScalarType.Float32);
        var losses = Values(result.CrossEntropy);
        losses.Take(6).Should().Equal(losses.Skip(6));
        var expected = nn.functional.cross_entropy(lesson.Student.to_type(ScalarType.Float64), targets, reduction: nn.Reduction.None);
        losses.Take(6).Zip(Values(expected), (a, e) => Math.Abs(a - e)).Max().Should().BeLessThan(1e-6);
    }

    [Test]
    public void Batch_without_rows_gives_tables_without_rows()
    {
        var result = Compute(new() { Student = zeros(0, 5), Mentors = [zeros(0, 5)], Targets = zeros([0], ScalarType.Int64) });

        result.CrossEntropy.shape.Should().Equal(2, 0);
        result.Correct.shape.Should().Equal(2, 0);
        result.Finite.shape.Should().Equal(2, 0);
    }

    [Test]
    public void Live_tensors_stay_flat_and_nothing_is_recorded()
    {
        using var lesson = new DivergenceCase(5, 33, 2, seed: 9);
        lesson.Student.requires_grad = true;
        var targets = zeros([5], ScalarType.Int64);
        void Step()
        {
            using var inner = NewDisposeScope();
            Compute(new() { Student = lesson.Student, Mentors = lesson.Mentors, Targets = targets }).CrossEntropy.requires_grad
                .Should().BeFalse();
        }

        Step();
        var before = LiveTensors.Settled();
        for (var i = 0; i < 300; i++)
            Step();

        Tensor.TotalCount.Should().Be(before);
    }

    private static double LogSumExp(double[] row)
    {
        var max = row.Max();
        return max + Math.Log(row.Sum(z => Math.Exp(z - max)));
    }

    private static bool[] Flags(Tensor tensor) => tensor.contiguous().data<bool>().ToArray();

    protected virtual MultiMentorCrossEntropyResult Judge(MultiMentorCrossEntropyArguments arguments) =>
        MultiMentorCrossEntropy.Compute(arguments, (SimdWidth)width);

    private MultiMentorCrossEntropyResult Compute(MultiMentorCrossEntropyArguments arguments) =>
        Judge(arguments with { Implementation = implementation });
}
