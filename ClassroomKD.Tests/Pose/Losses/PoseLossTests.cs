using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Losses;

public sealed class PoseLossTests : TensorFixture
{
#pragma warning disable NUnit1032 // the scope disposes them
    private Tensor _student = null!, _other = null!, _weights = null!, _temperatures = null!;
#pragma warning restore NUnit1032

    [SetUp]
    public void SetUp()
    {
        random.manual_seed(3);
        _student = rand(2, 3, 4, 5, dtype: ScalarType.Float64);
        _other = rand(2, 3, 4, 5, dtype: ScalarType.Float64);
        _weights = tensor(new[] { 1, 0, 1.5, 1, 1.2, 0 }).reshape(2, 3);
        _temperatures = tensor(new[] { 1.0, 3.5 });
    }

    [Test]
    public void Gradients_equal_central_differences()
    {
        Func<Tensor, Tensor>[] losses =
        [
            s => JointsMseLoss.Compute(s, _other, _weights),
            s => KeypointMseLoss.Compute(s, _other, _weights),
            s => OhkmLoss.Compute(s, _other, _weights, hardest: 2),
            s => FastPoseDistillation.Compute(s, _other, _other.square(), _weights, .3),
            s => SpatialKlLoss.PerSample(s, _other, _weights, _temperatures),
            s => KlDiscretLoss.Compute(Bins(s), Bins(_other), _weights),
            s => SpatialKlLoss.PerSample(Bins(s), Bins(_other), _weights, _temperatures),
        ];
        for (var i = 0; i < losses.Length; i++)
            TensorAssertions.GradientError(losses[i], _student).Should().BeLessThan(1e-7, "loss {0}", i);
    }

    [Test]
    public void Hidden_joints_and_the_mentor_receive_no_gradient()
    {
        var student = _student.clone().requires_grad_();
        var mentor = _other.clone().requires_grad_();
        SpatialKlLoss.PerSample(student, mentor, _weights, _temperatures).sum().backward();

        student.grad!.select(0, 0).select(0, 1).abs().sum().ToDouble().Should().Be(0);
        student.grad!.select(0, 0).select(0, 0).abs().sum().ToDouble().Should().BeGreaterThan(0);
        mentor.grad.Should().BeNull();
    }

    [Test]
    public void A_sample_without_a_visible_joint_has_no_distillation_loss()
    {
        var weights = tensor(new[] { 0, 0, 0, 1.0, 1, 1 }).reshape(2, 3);
        var loss = SpatialKlLoss.PerSample(_student, _other, weights, _temperatures).Doubles();
        loss[0].Should().Be(0);
        loss[1].Should().BeGreaterThan(0);
    }

    [Test]
    public void Half_precision_is_computed_in_single()
    {
        var half = JointsMseLoss.Compute(_student.bfloat16(), _other.bfloat16(), _weights.bfloat16());
        half.dtype.Should().Be(ScalarType.Float32);
        half.ToSingle().Should().BeApproximately(JointsMseLoss.Compute(_student, _other, _weights).ToSingle(), 1e-3f);
        SpatialKlLoss.PerSample(_student.half(), _other.half(), _weights, _temperatures).dtype.Should().Be(ScalarType.Float32);
    }

    [Test]
    public void Losses_leave_nothing_but_their_result()
    {
        using var inner = NewDisposeScope();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        JointsMseLoss.Compute(_student, _other, _weights);
        KeypointMseLoss.Compute(_student, _other, _weights);
        OhkmLoss.Compute(_student, _other, _weights, 2);
        FastPoseDistillation.Compute(_student, _other, _other, _weights);
        SpatialKlLoss.PerSample(_student, _other, _weights, _temperatures);
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).Should().Be(5);
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        FluentActions.Invoking(() => JointsMseLoss.Compute(_student.select(0, 0), _other, _weights)).Should().Throw<ArgumentException>().WithMessage("Expected floating-point heatmaps [B, K, H, W]*found Float64 [3, 4, 5]*");
        FluentActions.Invoking(() => JointsMseLoss.Compute(_student, _other.narrow(1, 0, 2), _weights)).Should().Throw<ArgumentException>().WithMessage("Expected the shape [2, 3, 4, 5], found Float64 [2, 2, 4, 5]*target*");
        FluentActions.Invoking(() => KeypointMseLoss.Compute(_student, _other, _weights.select(0, 0))).Should().Throw<ArgumentException>().WithMessage("Expected one weight for each joint [2, 3]*");
        FluentActions.Invoking(() => OhkmLoss.Compute(_student, _other, _weights)).Should().Throw<ArgumentException>().WithMessage("Expected 1 to 3 hardest joints, found 8*");
        FluentActions.Invoking(() => FastPoseDistillation.Compute(_student, _other, _other, _weights, 1.5)).Should().Throw<ArgumentException>().WithMessage("Expected alpha from 0 to 1*");
        FluentActions.Invoking(() => SpatialKlLoss.PerSample(_student, _other, _weights, _weights)).Should().Throw<ArgumentException>().WithMessage("Expected a temperature for each sample [2]*");
        FluentActions.Invoking(() => KlDiscretLoss.Compute(Bins(_student), Bins(_other), _weights, 0)).Should().Throw<ArgumentException>().WithMessage("Expected beta above 0, found 0*");
    }

    private static SimccAnswer Bins(Tensor maps) => new(maps.select(2, 0), maps.select(2, 1));
}
