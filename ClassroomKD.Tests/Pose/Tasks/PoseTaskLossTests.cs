using ClassroomKD.Pose;
using ClassroomKD.Tests.Pose.Losses;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>What a task learns from the truth.</summary>
public sealed class PoseTaskLossTests : TensorFixture
{
    private static readonly double[] JointWeights = [1, 1, 1, 1, 1, 1, 1, 1.2, 1.2, 1.5, 1.5, 1, 1, 1.2, 1.2, 1.5, 1.5];

    private Tensor truth = null!, visibility = null!, weights = null!, maps = null!;

    [SetUp]
    public void SetUp()
    {
        manual_seed(8);
        truth = Joints(3, type: ScalarType.Float64);
        truth[0, 2] = tensor(new[] { -400.0, 20 });
        visibility = rand(3, 17).gt(Scalars.Of(.3)).to_type(ScalarType.Float64);
        visibility[0, 2] = tensor(2.0);
        weights = visibility.gt(Scalars.Zero) * tensor(JointWeights);
        weights[0, 2] = tensor(0.0);
        maps = rand(3, 17, 64, 48, dtype: ScalarType.Float64);
    }

    private static readonly (IPoseLoss<Tensor> Loss, HeatmapEncoding Encoding)[] HeatmapLosses =
    [
        (new JointsMseLoss(), HeatmapEncoding.Msra), (new KeypointMseLoss(), HeatmapEncoding.Dark),
        (new OhkmLoss(5), HeatmapEncoding.Udp), (new OhkmLoss(5, halved: false), HeatmapEncoding.Msra),
    ];

    [TestCaseSource(nameof(HeatmapLosses))]
    public void The_loss_of_heatmaps_is_taken_against_what_the_students_codec_draws(
        (IPoseLoss<Tensor> Loss, HeatmapEncoding Encoding) given)
    {
        var codec = new HeatmapCodec(given.Encoding);
        using var task = new HeatmapTask(new() { Loss = given.Loss, JointWeights = JointWeights });
        var perSample = task.TaskLoss(new HeatmapPose(maps, Coarse, codec), Target(truth, visibility));
        var drawn = codec.Encode(truth, visibility.gt(Scalars.Zero) * tensor(JointWeights), Coarse);
        drawn.Weights.ShouldEqual(weights, 0, "a joint outside the map has weight 0");
        perSample.shape.Should().Equal(3);
        perSample.ShouldEqual(given.Loss.PerSample(maps, drawn.Heatmaps, weights), 1e-12, "loss");

        var inAdvance = new PoseTarget(truth, visibility, ones(3)) { Heatmaps = drawn };
        task.TaskLoss(new HeatmapPose(maps, Coarse, codec), inAdvance).ShouldEqual(perSample, 1e-12, "drawn in advance");
    }

    [Test]
    public void The_loss_of_bins_is_taken_against_what_the_students_codec_draws()
    {
        using var task = new SimccTask(new() { JointWeights = JointWeights });
        var codec = new SimccCodec();
        var bins = new SimccAnswer(rand(3, 17, 384, dtype: ScalarType.Float64), rand(3, 17, 512, dtype: ScalarType.Float64));
        var perSample = task.TaskLoss(new SimccPose(bins), Target(truth, visibility));
        var drawn = codec.Encode(truth, visibility.gt(Scalars.Zero) * tensor(JointWeights));
        drawn.Weights.ShouldEqual(weights, 0, "a joint outside the input has weight 0");
        perSample.ShouldEqual(new KlDiscretLoss().PerSample(bins, drawn.Labels, weights), 1e-12, "loss");
        var given = new PoseTarget(truth, visibility, ones(3)) { Bins = drawn };
        task.TaskLoss(new SimccPose(bins), given).ShouldEqual(perSample, 1e-12, "drawn in advance");
    }

    [Test]
    public void One_teacher_of_weight_one_is_fast_pose_distillation()
    {
        var distillation = new FastPoseDistillation(.3);
        using var task = new HeatmapTask(new() { Distillation = distillation, JointWeights = JointWeights });
        var teacher = rand(3, 17, 64, 48, dtype: ScalarType.Float64);
        var student = new HeatmapPose(maps, Coarse, Dark);
        var target = Target(truth, visibility);
        var drawn = Dark.Encode(truth, weights, Coarse).Heatmaps;
        task.TaskLoss(student, target).ShouldEqual(new JointsMseLoss().PerSample(maps, drawn, weights).mul(Scalars.Of(.7)), 1e-12, "truth");
        var loss = task.Distill(student, target, 4, new HeatmapPose(teacher, Coarse, Dark));
        loss.PerMentor[0].ShouldEqual(distillation.PerSample(maps, teacher, weights, ones(3)), 1e-12, "mentor");
        loss.Total.ShouldEqual(loss.PerMentor.sum(), 1e-12, "total");
    }

    [Test]
    public void Joints_without_annotation_may_be_anything()
    {
        var hidden = visibility.eq(Scalars.Zero);
        var wild = truth.masked_fill(hidden.unsqueeze(-1), Scalars.Of(double.NaN));
        foreach (var (loss, _) in HeatmapLosses)
        {
            using var task = new HeatmapTask(new() { Loss = loss });
            CheckFinite(task, maps, x => new HeatmapPose(x, Coarse, Dark), wild);
        }
        using var simcc = new SimccTask();
        CheckFinite(
            simcc, rand(3, 17, 384, dtype: ScalarType.Float64),
            x => new SimccPose(new SimccAnswer(x, rand(3, 17, 512, dtype: ScalarType.Float64))), wild);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void A_joint_at_no_place_counts_as_not_annotated(double place)
    {
        var hidden = visibility.eq(Scalars.Zero).unsqueeze(-1);
        var wild = truth.masked_fill(hidden, Scalars.Of(place));
        using var task = new HeatmapTask();
        using var simcc = new SimccTask();
        var bins = new SimccPose(new SimccAnswer(
            rand(3, 17, 384, dtype: ScalarType.Float64), rand(3, 17, 512, dtype: ScalarType.Float64)));
        foreach (var (each, pose) in new (PoseTask, PoseAnswer)[] { (task, new HeatmapPose(maps, Coarse, Dark)), (simcc, bins) })
            each.TaskLoss(pose, Target(wild, ones_like(visibility)))
                .ShouldEqual(each.TaskLoss(pose, Target(truth, visibility)), 1e-12, "as if its visibility were 0");
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
