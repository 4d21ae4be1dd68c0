using ClassroomKD.Pose;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>Against the truth, the mean over the samples is the published loss of the batch.</summary>
public sealed class PoseTaskLossTests : TensorFixture
{
    private static readonly double[] s_weights = [1, 1, 1, 1, 1, 1, 1, 1.2, 1.2, 1.5, 1.5, 1, 1, 1.2, 1.2, 1.5, 1.5];

    private Tensor truth = null!, visibility = null!, weights = null!, maps = null!;

    [SetUp]
    public void SetUp()
    {
        manual_seed(8);
        truth = Joints(3, type: ScalarType.Float64);
        truth[0, 2] = tensor(new[] { -400.0, 20 });
        visibility = rand(3, 17).gt(Scalars.Of(.3)).to_type(ScalarType.Float64);
        visibility[0, 2] = tensor(2.0);
        weights = visibility.gt(Scalars.Zero) * tensor(s_weights);
        weights[0, 2] = tensor(0.0);
        maps = rand(3, 17, 64, 48, dtype: ScalarType.Float64);
    }

    [TestCase(HeatmapLoss.JointsMse, HeatmapEncoding.Msra)]
    [TestCase(HeatmapLoss.KeypointMse, HeatmapEncoding.Dark)]
    [TestCase(HeatmapLoss.JointsOhkm, HeatmapEncoding.Udp)]
    [TestCase(HeatmapLoss.KeypointOhkm, HeatmapEncoding.Msra)]
    public void Mean_over_samples_is_the_published_loss_of_heatmaps(HeatmapLoss loss, HeatmapEncoding encoding)
    {
        var codec = new HeatmapCodec(encoding);
        using var task = new HeatmapTask(new() { Loss = loss, HardestJoints = 5, JointWeights = s_weights });
        var perSample = task.TaskLoss(new HeatmapPose(maps, Coarse, codec), Target(truth, visibility));
        var drawn = codec.Encode(truth, visibility.gt(Scalars.Zero) * tensor(s_weights), Coarse);
        drawn.Weights.ShouldEqual(weights, 0, "a joint outside the map has weight 0");
        var published = loss switch
        {
            HeatmapLoss.KeypointMse => KeypointMseLoss.Compute(maps, drawn.Heatmaps, weights),
            HeatmapLoss.JointsOhkm => OhkmLoss.Compute(maps, drawn.Heatmaps, weights, 5),
            HeatmapLoss.KeypointOhkm => OhkmLoss.Compute(maps, drawn.Heatmaps, weights, 5, halved: false),
            _ => JointsMseLoss.Compute(maps, drawn.Heatmaps, weights),
        };
        perSample.shape.Should().Equal(3);
        perSample.mean().ShouldEqual(published, 1e-12, "mean");

        var given = new PoseTarget(truth, visibility, ones(3)) { Heatmaps = drawn };
        task.TaskLoss(new HeatmapPose(maps, Coarse, codec), given).ShouldEqual(perSample, 1e-12, "drawn in advance");
    }

    [Test]
    public void Sum_over_samples_is_the_published_loss_of_simcc()
    {
        using var task = new SimccTask(new() { JointWeights = s_weights });
        var codec = new SimccCodec();
        var bins = new SimccAnswer(rand(3, 17, 384, dtype: ScalarType.Float64), rand(3, 17, 512, dtype: ScalarType.Float64));
        var perSample = task.TaskLoss(new SimccPose(bins), Target(truth, visibility));
        var drawn = codec.Encode(truth, visibility.gt(Scalars.Zero) * tensor(s_weights));
        drawn.Weights.ShouldEqual(weights, 0, "a joint outside the input has weight 0");
        perSample.sum().ShouldEqual(KlDiscretLoss.Compute(bins, drawn.Labels, weights), 1e-12, "sum");
        var given = new PoseTarget(truth, visibility, ones(3)) { Bins = drawn };
        task.TaskLoss(new SimccPose(bins), given).ShouldEqual(perSample, 1e-12, "drawn in advance");
    }

    [Test]
    public void One_teacher_of_weight_one_is_fast_pose_distillation()
    {
        using var task = new HeatmapTask(new() { Distillation = HeatmapDistillation.FastPose, FastPoseShare = .3, JointWeights = s_weights });
        var teacher = rand(3, 17, 64, 48, dtype: ScalarType.Float64);
        var student = new HeatmapPose(maps, Coarse, Dark);
        var target = Target(truth, visibility);
        var mixed = task.TaskLoss(student, target).add(task.Distill(student, target, 4, new HeatmapPose(teacher, Coarse, Dark)).PerSample, Scalars.One);
        var drawn = Dark.Encode(truth, weights, Coarse).Heatmaps;
        mixed.mean().ShouldEqual(FastPoseDistillation.Compute(maps, drawn, teacher, weights, .3), 1e-12, "FPD");
    }

    [Test]
    public void Joints_without_annotation_may_be_anything()
    {
        var hidden = visibility.eq(Scalars.Zero);
        var wild = truth.masked_fill(hidden.unsqueeze(-1), Scalars.Of(double.NaN));
        foreach (var loss in Enum.GetValues<HeatmapLoss>())
        {
            using var task = new HeatmapTask(new() { Loss = loss, HardestJoints = 3 });
            CheckFinite(task, maps, x => new HeatmapPose(x, Coarse, Dark), wild);
        }
        using var simcc = new SimccTask();
        CheckFinite(simcc, rand(3, 17, 384, dtype: ScalarType.Float64), x => new SimccPose(new SimccAnswer(x, rand(3, 17, 512, dtype: ScalarType.Float64))), wild);
    }

    private void CheckFinite(PoseTask task, Tensor answer, Func<Tensor, PoseAnswer> pose, Tensor joints)
    {
        var student = answer.clone().requires_grad_();
        var loss = task.TaskLoss(pose(student), Target(joints, visibility));
        loss.ShouldEqual(task.TaskLoss(pose(student.detach()), Target(truth, visibility)), task is SimccTask ? 1 : 1e-12, "as without NaN");
        loss.sum().backward();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }
}
