using ClassroomKD.Pose;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

public sealed class PosePerformanceTests : TensorFixture
{
    private HeatmapTask task = null!;

    [SetUp]
    public void SetUp()
    {
        manual_seed(5);
        task = new HeatmapTask();
    }

    [TearDown]
    public void TearDown() => task.Dispose();

    [TestCase(PerformanceGranularity.Sample)]
    [TestCase(PerformanceGranularity.Batch)]
    public void Identical_predictions_perform_alike_whatever_resolution_and_head(PerformanceGranularity granularity)
    {
        var truth = Joints(64);
        var predicted = truth.add(randn(64, 17, 2) * rand(64, 1, 1).mul(Scalars.Of(25)), Scalars.One).clamp(Scalars.Zero, Scalars.Of(188));
        var udp = new HeatmapCodec(HeatmapEncoding.Udp);
        var performances = task.Assess(
            Heatmaps(Joints(64), Coarse, Dark), Target(truth), granularity,
            Heatmaps(predicted, Fine, FineDark), Heatmaps(predicted, Coarse, Dark), Simcc(predicted),
            Heatmaps(predicted, Coarse, udp)).Performances;

        var fine = performances.select(0, 1).Doubles();
        fine.Max().Should().BeGreaterThan(granularity == PerformanceGranularity.Sample ? .9 : .5);
        for (var m = 2; m < 5; m++)
            performances.select(0, m).ShouldBe(fine, within: .01);
        performances.select(0, 0).mean().Number().Should().BeLessThan(.2, "the student guesses");
    }

    [Test]
    public void Performance_is_the_similarity_of_the_decoded_joints()
    {
        var (truth, predicted) = (Joints(8), Joints(8));
        var visibility = rand(8, 17).gt(Scalars.Half).to_type(ScalarType.Float32);
        using var oks = new OksPerformance(JointLayout.Coco.Sigmas);
        var answer = Heatmaps(predicted, Coarse, Dark);
        var target = Target(truth, visibility);
        var assessment = task.Assess(answer, target, answer);
        var expected = oks.Of(answer.Positions(soft: false), truth, visibility, target.Areas);
        assessment.Performances.select(0, 1).ShouldEqual(expected, 1e-6, "performance");
        assessment.JointSimilarities.select(0, 1).sum(1).div(visibility.sum(1)).ShouldEqual(expected, 1e-5, "mean of joints");
        assessment.Correct.Should().BeNull("a pose is not right or wrong unless asked for");
    }

    [Test]
    public void Batch_performance_is_the_mean_over_the_samples_that_count()
    {
        var truth = Joints(3);
        var visibility = ones(3, 17);
        visibility[1] = zeros(17);
        var mentor = Heatmaps(Shifted(truth, 6), Coarse, Dark);
        var each = task.Assess(mentor, Target(truth, visibility), mentor).Performances.select(0, 1).Doubles();
        var batch = task.Assess(mentor, Target(truth, visibility), PerformanceGranularity.Batch, mentor)
            .Performances.select(0, 1).Doubles();
        batch[0].Should().BeApproximately((each[0] + each[2]) / 2, 1e-6);
        batch.Should().Equal(batch[0], 0, batch[0]);
    }

    [Test]
    public void Without_a_visible_joint_all_perform_alike_and_the_sample_does_not_count()
    {
        var truth = Joints(2);
        var visibility = ones(2, 17);
        visibility[0] = zeros(17);
        var assessment = task.Assess(
            Heatmaps(truth, Coarse, Dark), Target(truth, visibility), Simcc(truth), Heatmaps(Joints(2), Fine, FineDark));
        assessment.Counted!.data<bool>().ToArray().Should().Equal(false, true);
        assessment.Performances.select(1, 0).ShouldBe([0, 0, 0], within: 0);
        assessment.Finite!.all().item<bool>().Should().BeTrue();
        assessment.Eligible!.data<bool>().ToArray().Should().Equal(false, true, false, true);
    }

    [TestCase(float.NaN)]
    [TestCase(float.PositiveInfinity)]
    [TestCase(-1)]
    public void Nobody_performs_on_a_person_of_no_area(float area)
    {
        var truth = Joints(2);
        var target = new PoseTarget(truth, ones(2, 17), tensor(new[] { area, 18_000 }));
        var assessment = task.Assess(Heatmaps(Shifted(truth, 5), Coarse, Dark), target, Simcc(Shifted(truth, 3)));
        assessment.Performances.select(1, 0).ShouldBe([0, 0], within: 0);
        assessment.Performances.select(1, 1).Doubles().Should().OnlyContain(performance => performance > .3 && performance < 1);
    }

    [Test]
    public void A_batch_has_a_sample() =>
        FluentActions.Invoking(() => new PoseTarget(zeros(0, 17, 2), zeros(0, 17), zeros(0)))
            .Should().Throw<ArgumentException>().WithMessage("Expected one sample at least, found Float32 [0, 17, 2].*");

    [Test]
    public void Only_visible_joints_make_a_mentor_ineligible()
    {
        var truth = Joints(3);
        var visibility = ones(3, 17);
        visibility[1, 4] = tensor(0f);
        var maps = Heatmaps(truth, Coarse, Dark).Heatmaps.clone();
        maps[0, 3, 5, 5] = tensor(float.NaN);
        maps[1, 4, 5, 5] = tensor(float.NaN);
        maps[2, 0, 0, 0] = tensor(float.NegativeInfinity);
        var bins = Simcc(truth).Bins.Y.clone();
        bins[0, 0, 0] = tensor(float.PositiveInfinity);
        var assessment = task.Assess(
            Heatmaps(truth, Coarse, Dark), Target(truth, visibility),
            new HeatmapPose(maps, Coarse, Dark), new SimccPose(Simcc(truth).Bins with { Y = bins }));
        assessment.Finite!.data<bool>().ToArray().Should().Equal(false, true, false, false, true, true);
        assessment.Eligible!.data<bool>().ToArray().Should().Equal(false, true, false, false, true, true);
        assessment.Performances.Doubles().Should().OnlyContain(value => double.IsFinite(value));
        assessment.Performances[1, 0].Number().Should().Be(0);
        assessment.Performances[1, 1].Number().Should().BeGreaterThan(.99);
    }

    [Test]
    public void Mapped_joints_are_judged_and_others_are_not()
    {
        using var mpii = new HeatmapTask(new() { Sigmas = JointLayout.Mpii.Sigmas });
        var coco = Joints(4);
        var truth = JointMap.CocoToMpii.Positions(coco);
        var assessment = mpii.Assess(
            Heatmaps(truth, Coarse, Dark), Target(truth),
            Heatmaps(coco, Fine, FineDark, JointMap.CocoToMpii), Simcc(coco, map: JointMap.CocoToMpii));
        assessment.Judged.sum(2).select(1, 0).data<long>().ToArray().Should().Equal(16, 14, 14);
        assessment.Performances.Doubles().Min()
            .Should().BeGreaterThan(.98, "neck and head, which the mentors do not know, do not count against them");

        using var back = new HeatmapTask();
        var limbs = JointMap.MpiiToCoco.Positions(truth);
        back.Assess(Heatmaps(coco, Coarse, Dark), Target(coco), Heatmaps(truth, Coarse, Dark, JointMap.MpiiToCoco))
            .Performances.Doubles().Min().Should().BeGreaterThan(.98);
        limbs.narrow(1, 5, 12).ShouldEqual(coco.narrow(1, 5, 12), 1e-6, "limbs there and back");
    }

    [Test]
    public void Right_is_a_similarity_from_the_threshold_on_where_one_is_set()
    {
        using var strict = new HeatmapTask(new() { CorrectFrom = .8 });
        var truth = Joints(2);
        var assessment = strict.Assess(Heatmaps(Shifted(truth, 40), Coarse, Dark), Target(truth), Heatmaps(truth, Coarse, Dark));
        assessment.Correct!.data<bool>().ToArray().Should().Equal(false, false, true, true);
    }

    [Test]
    public void Soft_performance_is_near_the_decoded_one()
    {
        using var soft = new HeatmapTask(new() { SoftPerformance = true });
        var (truth, predicted) = (Joints(16), Joints(16));
        PoseAnswer[] answers = [Heatmaps(predicted, Coarse, Dark), Heatmaps(predicted, Fine, FineDark), Simcc(predicted)];
        var hard = task.Assess(answers[0], Target(truth), answers).Performances;
        soft.Assess(answers[0], Target(truth), answers).Performances.ShouldBe(hard.Doubles(), within: .1);
    }

    [Test]
    public void Answers_that_cannot_be_compared_are_named()
    {
        var truth = Joints(2);
        var student = Heatmaps(truth, Coarse, Dark);
        void Refused(PoseAnswer mentor, string message) =>
            task.Invoking(t => t.Assess(student, Target(truth), mentor)).Should().Throw<MentorException>().WithMessage(message);
        Refused(Heatmaps(Joints(3), Coarse, Dark), "Mentor 'mentor 0' answered 3 samples, but the student 2*");
        Refused(
            Heatmaps(Joints(2, 16), Coarse, Dark), "Mentor 'mentor 0' answered 16 joints, but the classroom has 17; give it a JointMap*");
        Refused(Heatmaps(truth, Coarse, Dark, JointMap.MpiiToCoco), "Mentor 'mentor 0' answered 17 joints, but its joint map is from 16*");
        Refused(
            Heatmaps(truth, Coarse with { InputWidth = 96 }, Dark),
            "Mentor 'mentor 0' answered an input of 96x256, but the student one of 192x256*");
        task.Invoking(t => t.Assess(Simcc(truth), Target(truth), student)).Should().Throw<ArgumentException>().WithMessage("*SimccTask*");
        task.Invoking(t => t.Assess(student, Target(Joints(2, 16)), student))
            .Should().Throw<ArgumentException>().WithMessage("Expected targets for 2 samples with 17 joints*[2, 16, 2]*");
        FluentActions.Invoking(() => new PoseTarget(truth, ones(2, 17), ones(3)))
            .Should().Throw<ArgumentException>().WithMessage("Expected an area for each sample [2]*");
        FluentActions.Invoking(() => new JointMap(16, new[] { new[] { 16 } }))
            .Should().Throw<ArgumentException>().WithMessage("Expected joints from 0 to 15*found 16*");
    }
}
