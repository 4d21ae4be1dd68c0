using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>What every loss on logits keeps to.</summary>
[TestFixtureSource(typeof(LossCase), nameof(LossCase.All))]
public sealed class LogitsLossesTests(ILogitsDistillationLoss loss) : TensorFixture
{
    [Test]
    public void Gradient_is_the_difference_quotient()
    {
        var arguments = LossCase.Arguments(3, 5);
        var weights = tensor([0.5, 2.0, -1.0]);
        double Value(Tensor student) => (loss.PerSample(arguments.With(student)) * weights).sum().item<double>();

        var student = arguments.Student.clone().requires_grad_();
        (loss.PerSample(arguments.With(student)) * weights).sum().backward();
        for (var i = 0; i < 3; i++)
        {
            for (var c = 0; c < 5; c++)
            {
                const double Step = 1e-5;
                var (up, down) = (arguments.Student.clone(), arguments.Student.clone());
                up[i, c] += Step;
                down[i, c] -= Step;
                student.grad![i, c].item<double>()
                    .Should().BeApproximately((Value(up) - Value(down)) / (2 * Step), 1e-7, $"sample {i}, class {c}");
            }
        }
    }

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Float64)]
    public void Huge_logits_give_finite_losses_and_gradients(ScalarType type)
    {
        var arguments = LossCase.Arguments(64, 10, type).With(temperatures: ones(64, type));
        var student = (arguments.Student.sign() * 1e4).requires_grad_();
        var values = loss.PerSample(arguments.With(student, arguments.Mentor.sign() * 1e4));
        values.sum().backward();
        values.isfinite().all().item<bool>().Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }

    [Test]
    public void Constant_logits_and_a_single_sample_give_finite_losses_and_gradients()
    {
        var arguments = LossCase.Arguments(1, 4, ScalarType.Float32);
        var student = zeros([1, 4]).requires_grad_();
        var values = loss.PerSample(arguments.With(student));
        values.sum().backward();
        values.isfinite().all().item<bool>().Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Masked_classes_count_for_nothing(bool byStudent, bool byMentor)
    {
        // Classes 2 and 5 of seven; neither is a sample's truth.
        var arguments = LossCase.Arguments(6, 7);
        var (kept, masked) = (tensor(new long[] { 0, 1, 3, 4, 6 }), tensor(new long[] { 2, 5 }));
        var target = nn.functional.one_hot(tensor(new long[] { 0, 1, 3, 4, 6, 0 }), 7).to(ScalarType.Float64);
        Tensor Kept(Tensor logits) => logits.index_select(1, kept);
        var few = Kept(arguments.Student).requires_grad_();
        var expected = loss.PerSample(arguments.With(few, Kept(arguments.Mentor), target: Kept(target)));
        expected.sum().backward();

        Tensor Hidden(Tensor logits, bool hide) =>
            hide ? logits.index_fill(1, masked, Scalars.Of(double.NegativeInfinity)) : logits.clone();
        var student = Hidden(arguments.Student, byStudent).requires_grad_();
        var values = loss.PerSample(arguments.With(student, Hidden(arguments.Mentor, byMentor), target: target));
        values.sum().backward();

        values.ShouldEqual(expected, 1e-10, "loss");
        student.grad!.ShouldEqual(zeros_like(student).index_copy(1, kept, few.grad!), 1e-9, "gradient", 1e-12);
    }

    [Test]
    public void Masks_of_single_samples_and_of_whole_rows_give_finite_losses_and_gradients()
    {
        var arguments = LossCase.Arguments(4, 5);
        arguments.Mentor[1].fill_(double.NegativeInfinity);
        arguments.Mentor[0, 3] = double.NegativeInfinity;
        var student = arguments.Student.clone();
        student[2, 1] = double.NegativeInfinity;
        student[3].fill_(double.NegativeInfinity);
        student.requires_grad_();
        var values = loss.PerSample(arguments.With(student));
        values.sum().backward();
        values.isfinite().all().item<bool>().Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
        student.grad![2, 1].item<double>().Should().Be(0);
    }

    [TestCase(0.0, ScalarType.Float32)]
    [TestCase(0.1, ScalarType.Float32)]
    [TestCase(-731.7, ScalarType.Float32)]
    [TestCase(0.1, ScalarType.Float64)]
    public void Student_whose_logits_are_all_equal_gets_a_gradient_that_ruins_nothing(double logit, ScalarType type)
    {
        var arguments = LossCase.Arguments(16, 10, type).With(temperatures: ones(16, type));
        var student = full([16, 10], logit, type).requires_grad_();
        loss.PerSample(arguments.With(student)).mean().backward();
        if (loss is not LogitsMseLoss) // whose gradient grows with the distance, as it should
            student.grad!.abs().max().Number().Should().BeLessThan(2);
        if (loss is DistLoss or LogitStandardizationLoss)
            student.grad!.Doubles().Should().OnlyContain(slope => slope == 0, "what does not vary has gradient 0");
    }

    [Test]
    public void A_single_class_leaves_nothing_to_learn()
    {
        var arguments = LossCase.Arguments(4, 1, ScalarType.Float32);
        var student = arguments.Student.requires_grad_();
        var values = loss.PerSample(arguments);
        values.sum().backward();
        values.isfinite().all().item<bool>().Should().BeTrue();
        if (loss is not LogitsMseLoss)
            student.grad!.Doubles().Should().OnlyContain(slope => slope == 0);
    }

    [TestCase(ScalarType.Float16)]
    [TestCase(ScalarType.BFloat16)]
    public void Half_precision_is_computed_in_single(ScalarType type)
    {
        var arguments = LossCase.Arguments(8, 10, type);
        var student = arguments.Student.requires_grad_();
        var values = loss.PerSample(arguments);
        values.dtype.Should().Be(ScalarType.Float32);
        var single = new LogitsLossArguments
        {
            Student = arguments.Student.detach().to(ScalarType.Float32),
            Mentor = arguments.Mentor.to(ScalarType.Float32),
            Temperatures = arguments.Temperatures.to(ScalarType.Float32),
            StudentTemperatures = arguments.StudentTemperatures.to(ScalarType.Float32),
            TargetDistribution = arguments.TargetDistribution.to(ScalarType.Float32),
        };
        values.ShouldBeBitwiseEqual(loss.PerSample(single), "the same numbers in float32");
        values.sum().backward();
        student.grad!.dtype.Should().Be(type);
    }

    [Test]
    public void A_student_in_double_learns_from_a_mentor_in_single()
    {
        var arguments = LossCase.Arguments(4, 6);
        var values = loss.PerSample(arguments.With(mentor: arguments.Mentor.to(ScalarType.Float32), temperatures: ones(4)));
        var expected = loss.PerSample(
            arguments.With(
                mentor: arguments.Mentor.to(ScalarType.Float32).to(ScalarType.Float64), temperatures: ones(4, ScalarType.Float64)));
        values.ShouldBeBitwiseEqual(expected, "computed in float64");
    }

    [Test]
    public void Leaves_nothing_behind_but_its_result()
    {
        var arguments = LossCase.Arguments(4, 6, ScalarType.Float32);
        arguments.Student.requires_grad_();
        var before = LiveTensors.Settled();
        var values = loss.PerSample(arguments);
        Tensor.TotalCount.Should().Be(before + 1);
        values.requires_grad.Should().BeTrue();
        values.Dispose();
        Tensor.TotalCount.Should().Be(before);
    }
}
