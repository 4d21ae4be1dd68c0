using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Losses;

public sealed class PoseLossTests : TensorFixture
{
#pragma warning disable NUnit1032 // the scope disposes them
    private Tensor student = null!, other = null!, weights = null!, temperatures = null!;
#pragma warning restore NUnit1032

    [SetUp]
    public void SetUp()
    {
        random.manual_seed(3);
        student = rand(2, 3, 4, 5, dtype: ScalarType.Float64);
        other = rand(2, 3, 4, 5, dtype: ScalarType.Float64);
        weights = tensor(new[] { 1, 0, 1.5, 1, 1.2, 0 }).reshape(2, 3);
        temperatures = tensor(new[] { 1.0, 3.5 });
    }

    [Test]
    public void Gradients_equal_central_differences()
    {
        Func<Tensor, Tensor>[] losses =
        [
            s => new JointsMseLoss().PerSample(s, other, weights),
            s => new KeypointMseLoss().PerSample(s, other, weights),
            s => new OhkmLoss(hardest: 2).PerSample(s, other, weights),
            s => new FastPoseDistillation(.3).PerSample(s, other, weights, temperatures),
            s => new SpatialKlLoss().PerSample(s, other, weights, temperatures),
            s => new KlDiscretLoss().PerSample(Bins(s), Bins(other), weights),
            s => new SpatialKlLoss().PerSample(Bins(s), Bins(other), weights, temperatures),
        ];
        for (var i = 0; i < losses.Length; i++)
            GradientCheck.LargestError(losses[i], student).Should().BeLessThan(1e-7, "loss {0}", i);
    }

    [Test]
    public void Hidden_joints_and_the_mentor_receive_no_gradient()
    {
        var learner = student.clone().requires_grad_();
        var mentor = other.clone().requires_grad_();
        new SpatialKlLoss().PerSample(learner, mentor, weights, temperatures).sum().backward();

        learner.grad!.select(0, 0).select(0, 1).abs().sum().ToDouble().Should().Be(0);
        learner.grad!.select(0, 0).select(0, 0).abs().sum().ToDouble().Should().BeGreaterThan(0);
        mentor.grad.Should().BeNull();
    }

    [Test]
    public void A_sample_without_a_visible_joint_has_no_distillation_loss()
    {
        var second = tensor(new[] { 0, 0, 0, 1.0, 1, 1 }).reshape(2, 3);
        var loss = new SpatialKlLoss().PerSample(student, other, second, temperatures).Doubles();
        loss[0].Should().Be(0);
        loss[1].Should().BeGreaterThan(0);
    }

    [Test]
    public void Half_precision_is_computed_in_single()
    {
        var loss = new JointsMseLoss();
        var half = loss.PerSample(student.bfloat16(), other.bfloat16(), weights.bfloat16());
        half.dtype.Should().Be(ScalarType.Float32);
        half.ShouldBe(loss.PerSample(student, other, weights).Doubles(), within: 1e-3);
        new SpatialKlLoss().PerSample(student.half(), other.half(), weights, temperatures).dtype.Should().Be(ScalarType.Float32);
    }

    [Test]
    public void Losses_leave_nothing_but_their_result()
    {
        var bins = Bins(other);
        using var inner = NewDisposeScope();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        new JointsMseLoss().PerSample(student, other, weights);
        new KeypointMseLoss().PerSample(student, other, weights);
        new OhkmLoss(2).PerSample(student, other, weights);
        new FastPoseDistillation().PerSample(student, other, weights, temperatures);
        new SpatialKlLoss().PerSample(student, other, weights, temperatures);
        new KlDiscretLoss().PerSample(bins, bins, weights);
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).Should().Be(6);
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        void Refused(Func<object> make, string message) => make.Should().Throw<ArgumentException>().WithMessage(message);
        var joints = new JointsMseLoss();
        Refused(
            () => joints.PerSample(student.select(0, 0), other, weights),
            "Expected floating-point heatmaps [B, K, H, W]*found Float64 [3, 4, 5]*");
        Refused(
            () => joints.PerSample(student, other.narrow(1, 0, 2), weights),
            "Expected the shape [2, 3, 4, 5], found Float64 [2, 2, 4, 5]*Target*");
        Refused(() => new KeypointMseLoss().PerSample(student, other, weights.select(0, 0)), "Expected one weight for each joint [2, 3]*");
        Refused(() => new OhkmLoss().PerSample(student, other, weights), "Expected at least 8 joints, found 3*");
        Refused(() => new OhkmLoss(0), "*hardest*");
        Refused(() => new FastPoseDistillation(1.5), "Expected alpha from 0 to 1*");
        Refused(() => new SpatialKlLoss().PerSample(student, other, weights, weights), "Expected a temperature for each sample [2]*");
        Refused(() => new KlDiscretLoss(0), "Expected beta above 0, found 0*");
        Refused(() => new SpatialKlLoss(double.NaN), "Expected beta above 0, found NaN*");
    }

    private static SimccAnswer Bins(Tensor maps) => new(maps.select(2, 0), maps.select(2, 1));
}
