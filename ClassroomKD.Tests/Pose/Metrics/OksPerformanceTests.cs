using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Metrics;

public sealed class OksPerformanceTests : TensorFixture
{
    private OksPerformance performance = null!;

    [SetUp]
    public void SetUp()
    {
        performance = new OksPerformance(JointLayout.Coco.Sigmas);
        random.manual_seed(11);
    }

    [TearDown]
    public void TearDown() => performance.Dispose();

    [Test]
    public void Identical_predictions_rank_alike_whatever_the_head()
    {
        const int Samples = 64;
        var truth = rand(Samples, 17, 2) * tensor(130f);
        truth = truth.add(tensor(30f), Scalars.One);
        var wrong = randn(Samples, 17, 2) * (rand(Samples, 1, 1) * tensor(25f));
        var predicted = truth.add(wrong, Scalars.One).clamp(Scalars.Zero, Edge);
        var weights = ones(Samples, 17);
        var areas = ones(Samples) * tensor(18000f);

        var exact = performance.Of(predicted, truth, weights, areas);
        Tensor Decoded(PoseAnswer answer) => performance.Of(answer.Positions(soft: false), truth, weights, areas);
        var coarse = Heatmaps(predicted, Coarse, Dark);
        var half = new HeatmapPose(coarse.Heatmaps.mul(Scalars.Half), Coarse, Dark);

        exact.Doubles().Max().Should().BeGreaterThan(.9);
        exact.Doubles().Min().Should().BeLessThan(.5);
        foreach (var answer in new PoseAnswer[] { coarse, half, Heatmaps(predicted, Fine, FineDark), Simcc(predicted) })
            Decoded(answer).ShouldBe(exact.Doubles(), within: .01);
    }

    [Test]
    public void Is_the_similarity_of_the_metric()
    {
        var truth = rand(1, 17, 2, dtype: ScalarType.Float64) * tensor(100.0);
        var predicted = truth.add(rand(1, 17, 2, dtype: ScalarType.Float64) * tensor(9.0), Scalars.One);
        var visible = tensor(Enumerable.Range(0, 17).Select(k => k % 3 == 0 ? 0.0 : 2).ToArray()).reshape(1, 17);
        var person = new CocoAnnotation
        {
            Id = 1, ImageId = 1, CategoryId = 1, Box = default, Area = 4000, IsCrowd = false, LabeledJoints = 11,
            Keypoints = cat([truth, visible.unsqueeze(-1)], 2).Doubles(),
        };
        var keypoints = cat([predicted, visible.unsqueeze(-1)], 2).Doubles();
        var expected = new ObjectKeypointSimilarity(JointLayout.Coco.Sigmas).Compute(person, keypoints);

        performance.Of(predicted, truth, visible, tensor(new[] { 4000.0 })).ShouldBe([expected], within: 1e-6);
    }

    [Test]
    public void A_sample_without_a_visible_joint_is_the_same_for_all()
    {
        var truth = zeros(2, 17, 2) / zeros(2, 17, 2);
        var areas = ones(2) * tensor(5000f);
        var first = performance.Of(rand(2, 17, 2), truth, zeros(2, 17), areas);
        var second = performance.Of(rand(2, 17, 2) * tensor(99f), truth, zeros(2, 17), areas);
        first.ShouldBe([0, 0], within: 0);
        second.ShouldBe([0, 0], within: 0);
    }

    [Test]
    public void Soft_similarity_follows_the_decoded_one_and_is_differentiable()
    {
        var truth = rand(4, 17, 2, dtype: ScalarType.Float64) * tensor(100.0);
        truth = truth.add(tensor(40.0), Scalars.One);
        var weights = ones(4, 17, dtype: ScalarType.Float64);
        var areas = ones(4, dtype: ScalarType.Float64) * tensor(18000.0);
        Tensor Soft(Tensor maps) => performance.Of(Coarse.ToInput(HeatmapDecoder.Expected(maps)), truth, weights, areas);
        Soft(Heatmaps(truth, Coarse, Dark).Heatmaps).Doubles().Min().Should().BeGreaterThan(.9);

        using var small = new OksPerformance([.05, .1]);
        var geometry = new HeatmapGeometry(16, 16, 4, 4);
        var joints = rand(1, 2, 2, dtype: ScalarType.Float64) * tensor(12.0);
        GradientCheck.LargestError(
            maps => small.Of(geometry.ToInput(HeatmapDecoder.Expected(maps, 5)), joints, ones(1, 2), tensor(new[] { 900.0 })),
            rand(1, 2, 4, 4, dtype: ScalarType.Float64)).Should().BeLessThan(1e-7);
    }

    [Test]
    public void Coco_joints_become_mpii_joints()
    {
        var coco = Enumerable.Range(0, 17).SelectMany(k => new[] { (double)k, 10 * k }).ToArray();
        var mpii = JointMap.CocoToMpii.Positions(tensor(coco).reshape(1, 17, 2));
        mpii.select(2, 0).ShouldBe([16, 14, 12, 11, 13, 15, 11.5, 5.5, 0, 0, 10, 8, 6, 5, 7, 9], within: 0);
        mpii.select(2, 1).ShouldBe([160, 140, 120, 110, 130, 150, 115, 55, 0, 0, 100, 80, 60, 50, 70, 90], within: 0);

        var weights = ones(1, 17);
        weights[0, 11] = tensor(0f);
        JointMap.CocoToMpii.Weights(weights).ShouldBe([1, 1, 1, 0, 1, 1, 0, 1, 0, 0, 1, 1, 1, 1, 1, 1], within: 0);
        FluentActions.Invoking(() => JointMap.CocoToMpii.Weights(ones(1, 16)))
            .Should().Throw<ArgumentException>().WithMessage("Expected floating-point values for 17 joints*[1, 16]*");
    }

    [Test]
    public void Shapes_that_do_not_fit_are_named()
    {
        var (truth, weights, areas) = (rand(2, 17, 2), ones(2, 17), ones(2));
        FluentActions.Invoking(() => performance.Of(rand(2, 17, 64, 64), truth, weights, areas))
            .Should().Throw<ArgumentException>().WithMessage("Expected the shape [2, 17, 2]*");
        FluentActions.Invoking(() => performance.Of(truth, truth, weights, ones(3)))
            .Should().Throw<ArgumentException>().WithMessage("Expected an area for each sample [2]*");
        FluentActions.Invoking(() => performance.Of(rand(2, 16, 2), rand(2, 16, 2), ones(2, 16), areas))
            .Should().Throw<ArgumentException>().WithMessage("Expected 17 joints*");
        FluentActions.Invoking(() => new OksPerformance([.1, 0]))
            .Should().Throw<ArgumentException>().WithMessage("Expected one finite spread above 0*");
    }

    private static readonly Scalar Edge = 188.0;
}
