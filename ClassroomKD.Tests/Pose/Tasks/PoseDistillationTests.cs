using ClassroomKD.Kernels;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Pose.Losses;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

public sealed class PoseDistillationTests : TensorFixture
{
    [SetUp]
    public void SetUp() => manual_seed(9);

    [Test]
    public void Weighted_sum_over_mentors_is_that_of_the_pure_loss()
    {
        using var task = new HeatmapTask(new() { DistillationFactor = .5, Kernel = KernelImplementation.Reference });
        var truth = Joints(4, type: ScalarType.Float64);
        var visibility = rand(4, 17).gt(Scalars.Half).to_type(ScalarType.Float64);
        Tensor Maps() => rand(4, 17, 64, 48, dtype: ScalarType.Float64);
        var (student, mentors) = (Maps(), new[] { Maps(), Maps() });
        var weights = rand(2, 4, dtype: ScalarType.Float64);
        var temperatures = rand(2, 4, dtype: ScalarType.Float64).add(Scalars.One, Scalars.One);
        weights[1, 2] = tensor(0.0);
        var step = task.Begin(
            new HeatmapPose(student, Coarse, Dark), Target(truth, visibility),
            [.. mentors.Select(maps => new HeatmapPose(maps, Coarse, Dark))]);
        var loss = step.Distill(new() { Weights = weights, Temperatures = temperatures });
        for (var m = 0; m < 2; m++)
        {
            var pure = new SpatialKlLoss().PerSample(student, mentors[m], visibility, temperatures[m]) * weights[m].mul(Scalars.Half);
            loss.PerMentor[m].ShouldEqual(pure, 1e-9, "mentor");
        }
        loss.Total.ShouldEqual(loss.PerMentor.sum(), 1e-12, "sum");
    }

    [Test]
    public void Mentors_count_in_full_unless_a_factor_says_otherwise()
    {
        PoseTask[] standard = [new HeatmapTask(), new HeatmapTask(new() { Distillation = new FastPoseDistillation() }), new SimccTask()];
        PoseTask[] quarter =
        [
            new HeatmapTask(new() { DistillationFactor = .25 }),
            new HeatmapTask(new() { DistillationFactor = .25, Distillation = new FastPoseDistillation() }),
            new SimccTask(new() { DistillationFactor = .25 }),
        ];
        var truth = Joints(2);
        var (maps, bins) = (Heatmaps(Shifted(truth, 8), Coarse, Dark), Simcc(Shifted(truth, 8)));
        PoseAnswer[] students = [maps, maps, bins];
        foreach (var (full, less, student) in standard.Zip(quarter, students))
        {
            PoseAnswer mentor = student is SimccPose ? Simcc(truth) : Heatmaps(truth, Coarse, Dark);
            less.Distill(student, Target(truth), 2, mentor).Total
                .ShouldEqual(full.Distill(student, Target(truth), 2, mentor).Total * .25, 1e-5, full.GetType().Name);
            full.Dispose();
            less.Dispose();
        }
    }

    [Test]
    public void Gradients_equal_central_differences()
    {
        var geometry = new HeatmapGeometry(16, 20, 4, 5);
        var finer = new HeatmapGeometry(16, 20, 8, 10);
        var bins = new SimccCodec(16, 20, 1, 1.5, 1.5);
        var codec = new HeatmapCodec(HeatmapEncoding.Dark, 1);
        var truth = rand(2, 3, 2, dtype: ScalarType.Float64).mul(Scalars.Of(12));
        var visibility = tensor(new[] { 1, 0, 1.0, 1, 1, 1 }).reshape(2, 3);
        PoseAnswer[] mentors =
        [
            new HeatmapPose(rand(2, 3, 10, 8, dtype: ScalarType.Float64), finer, codec),
            new SimccPose(new SimccAnswer(rand(2, 3, 16, dtype: ScalarType.Float64), rand(2, 3, 20, dtype: ScalarType.Float64)), bins),
        ];
        using var heatmaps = new HeatmapTask(new() { Sigmas = [.1, .1, .1], Kernel = KernelImplementation.Reference });
        using var fast = new HeatmapTask(new() { Sigmas = [.1, .1, .1], Distillation = new FastPoseDistillation() });
        using var simcc = new SimccTask(new() { Sigmas = [.1, .1, .1], Kernel = KernelImplementation.Reference });
        foreach (var task in new[] { heatmaps, fast })
        {
            GradientCheck.LargestError(maps =>
            {
                var student = new HeatmapPose(maps, geometry, codec);
                return task.Distill(student, Target(truth, visibility), 2.5, mentors).Total
                    .add(task.TaskLoss(student, Target(truth, visibility)).sum(), Scalars.One);
            }, rand(2, 3, 5, 4, dtype: ScalarType.Float64)).Should().BeLessThan(1e-7);
        }
        var y = rand(2, 3, 20, dtype: ScalarType.Float64);
        GradientCheck.LargestError(x =>
        {
            var student = new SimccPose(new SimccAnswer(x, y), bins);
            return simcc.Distill(student, Target(truth, visibility), 2.5, mentors).Total
                .add(simcc.TaskLoss(student, Target(truth, visibility)).sum(), Scalars.One);
        }, rand(2, 3, 16, dtype: ScalarType.Float64)).Should().BeLessThan(1e-7);
    }

    [TestCase(1)]
    [TestCase(4)]
    public void A_mentor_of_equal_content_is_hardly_away_whatever_resolution_and_head(double temperature)
    {
        using var heatmaps = new HeatmapTask();
        using var simcc = new SimccTask();
        var truth = Joints(8);
        var udp = new HeatmapCodec(HeatmapEncoding.Udp);
        PoseAnswer[] Mentors(Tensor joints) =>
        [
            Heatmaps(joints, Coarse, Dark), Heatmaps(joints, Fine, FineDark), Heatmaps(joints, Coarse, udp), Simcc(joints),
            Simcc(joints, new SimccCodec(192, 256, 3, 7.35, 8.49)),
        ];
        foreach (var (task, student) in new (PoseTask, PoseAnswer)[] { (heatmaps, Heatmaps(truth, Coarse, Dark)), (simcc, Simcc(truth)) })
        {
            var equal = task.Distill(student, Target(truth), temperature, Mentors(truth)).PerMentor.mean([1]).Doubles();
            var away = task.Distill(student, Target(truth), temperature, Mentors(Shifted(truth, 8))).PerMentor.mean([1]).Doubles();
            string Text(double[] values) => string.Join(" ", values.Select(value => $"{value:F5}"));
            TestContext.Out.WriteLine($"{task.GetType().Name} T={temperature}: equal {Text(equal)}, 8 px away {Text(away)}");
            PoseAnswer missed = task is SimccTask ? Simcc(Shifted(truth, 8)) : Heatmaps(Shifted(truth, 8), Coarse, Dark);
            TestContext.Out.WriteLine(
                $"the truth's loss of a student 8 px away: {task.TaskLoss(missed, Target(truth)).mean().Number():G3}");
            for (var m = 0; m < equal.Length; m++)
                equal[m].Should().BeLessThan(.01 * away[m], $"{task.GetType().Name}, mentor {m}");
        }
    }

    [Test]
    public void Hidden_joints_and_silent_mentors_may_answer_anything()
    {
        var truth = Joints(2);
        var visibility = ones(2, 17);
        visibility[0, 3] = tensor(0f);
        var nan = Scalars.Of(double.NaN);
        var hidden = visibility.eq(Scalars.Zero);
        PoseAnswer[] mentors =
        [
            new HeatmapPose(Heatmaps(truth, Fine, FineDark).Heatmaps.masked_fill(hidden.unsqueeze(-1).unsqueeze(-1), nan), Fine, FineDark),
            new SimccPose(new SimccAnswer(
                Simcc(truth).Bins.X.masked_fill(hidden.unsqueeze(-1), nan), Simcc(truth).Bins.Y.masked_fill(hidden.unsqueeze(-1), nan))),
            new HeatmapPose(full([2, 17, 64, 48], double.NaN, ScalarType.Float32), Coarse, Dark),
        ];
        var weights = ones(3, 2);
        weights[2] = zeros(2);
        using var heatmaps = new HeatmapTask();
        using var fast = new HeatmapTask(new() { Distillation = new FastPoseDistillation() });
        using var simcc = new SimccTask();
        foreach (var task in new PoseTask[] { heatmaps, fast, simcc })
        {
            var logits = rand(2, 17, task is SimccTask ? 384 : 64 * 48).requires_grad_();
            PoseAnswer student = task is SimccTask
                ? new SimccPose(new SimccAnswer(logits, rand(2, 17, 512)))
                : new HeatmapPose(logits.reshape(2, 17, 64, 48), Coarse, Dark);
            var loss = task.Begin(student, Target(truth, visibility), mentors).Distill(
                new() { Weights = weights, Temperatures = ones(3, 2) });
            loss.Total.backward();
            loss.PerMentor.isfinite().all().item<bool>().Should().BeTrue();
            loss.PerMentor[2].ShouldBe([0, 0], within: 0);
            logits.grad!.isfinite().all().item<bool>().Should().BeTrue();
            logits.grad![0, 3].abs().sum().Number().Should().Be(0, "a hidden joint teaches nothing");
            logits.grad![0, 2].abs().sum().Number().Should().BeGreaterThan(0);
        }
    }

    [Test]
    public void Joints_without_a_map_are_not_distilled()
    {
        using var task = new HeatmapTask(new() { Sigmas = JointLayout.Mpii.Sigmas });
        var coco = Joints(2);
        var truth = JointMap.CocoToMpii.Positions(coco);
        var maps = rand(2, 16, 64, 48).requires_grad_();
        task.Distill(
            new HeatmapPose(maps, Coarse, Dark), Target(truth), 1,
            Simcc(coco, map: JointMap.CocoToMpii), Heatmaps(coco, Fine, FineDark, JointMap.CocoToMpii))
            .Total.backward();
        var learned = maps.grad!.abs().sum([0, 2, 3]).Doubles().Select(sum => sum > 0);
        learned
            .Should().Equal(
                Enumerable.Range(0, 16).Select(k => k is not (6 or 7 or 8 or 9)),
                "pelvis and thorax lie between joints, neck and head are unknown");
    }

    [Test]
    public void The_kernels_agree()
    {
        var truth = Joints(4);
        PoseAnswer[] mentors = [Heatmaps(Shifted(truth, 5), Fine, FineDark), Simcc(Shifted(truth, -4))];
        var student = new HeatmapPose(rand(4, 17, 64, 48), Coarse, Dark);
        using var fused = new HeatmapTask(new() { Kernel = KernelImplementation.Simd });
        using var reference = new HeatmapTask(new() { Kernel = KernelImplementation.Reference });
        fused.Distill(student, Target(truth), 3, mentors).PerMentor
            .ShouldEqual(reference.Distill(student, Target(truth), 3, mentors).PerMentor, 1e-4, "fused");
    }
}
