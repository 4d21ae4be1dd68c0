using System.Reflection;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>What every loss on logits keeps to.</summary>
[TestFixtureSource(typeof(LossCase), nameof(LossCase.All))]
public sealed class LogitsLossesTests(ILogitsDistillationLoss loss) : TensorFixture
{
    [Test]
    public void A_tensor_that_is_missing_is_named()
    {
        var losses = typeof(DistLoss).Assembly.GetExportedTypes().Select(type => type.GetMethod("Compute")).OfType<MethodInfo>().ToList();
        losses.Should().HaveCountGreaterThan(5);
        foreach (var loss in losses)
            foreach (var missing in loss.GetParameters().Where(parameter => parameter.ParameterType == typeof(Tensor)))
            {
                object?[] arguments = [.. loss.GetParameters().Select(parameter => parameter == missing ? null
                    : parameter.ParameterType == typeof(Tensor) ? ones(2, 3) : (object)1.0)];
                loss.Invoking(one => one.Invoke(null, arguments)).Should().Throw<TargetInvocationException>()
                    .WithInnerException<ArgumentNullException>().WithParameterName(missing.Name, loss.DeclaringType!.Name);
            }
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
