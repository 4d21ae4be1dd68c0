using ClassroomKD.Pose;
using ClassroomKD.Tests.Golden;
using ClassroomKD.Tests.Pose.Persons;

namespace ClassroomKD.Tests.Pose.Evaluation;

public sealed class PosePredictorTests
{
    private static PoseLoaderOptions Options(bool udp = false) =>
        new() { BatchSize = 16, InputWidth = 96, InputHeight = 128, Shuffle = false, Udp = udp };

    private static readonly HeatmapGeometry Geometry = new(96, 128, 48, 64);

    [TestCase(HeatmapEncoding.Msra, .97)]
    [TestCase(HeatmapEncoding.Dark, .999)]
    [TestCase(HeatmapEncoding.Udp, .999)]
    public void A_network_that_knows_the_truth_has_full_marks(HeatmapEncoding encoding, double least)
    {
        var data = ArticulatedFigures.Generate(50, 9);
        var codec = new HeatmapCodec(encoding);
        var predictions = Predict(
            data, target => new HeatmapPose(codec.Encode(target.Joints, target.Visibility, Geometry).Heatmaps, Geometry, codec),
            encoding == HeatmapEncoding.Udp);
        predictions.Select(p => p.Person).Should().Equal(Enumerable.Range(0, 50));
        var result = PoseEvaluation.Coco(data, predictions);
        result.AP.Should().BeGreaterThan(least);
        result.AR.Should().BeGreaterThan(least);
        PckMetric.Evaluate(data, predictions).Mean.Should().Be(1);
    }

    [Test]
    public void Bins_are_read_by_their_highest_and_scored_by_belief()
    {
        var data = ArticulatedFigures.Generate(20, 9);
        var codec = new SimccCodec(96, 128, 2, 3.46, 4);
        var predictions = Predict(data, target => new SimccPose(codec.Encode(target.Joints, target.Visibility).Labels, codec));
        PoseEvaluation.Coco(data, predictions).AP.Should().BeGreaterThan(.97);
        predictions
            .Should().OnlyContain(
                p => p.Score > 0 && p.Score < 1 && Math.Abs(p.Score - p.Keypoints.Where((_, i) => i % 3 == 2).Average()) < 1e-9);
    }

    [Test]
    public void The_score_of_a_box_multiplies_that_of_its_joints()
    {
        var figures = ArticulatedFigures.Generate(2, 9);
        var data = new PersonDataset(
            [.. figures.Persons.Select((p, i) => p with { BoxScore = i == 0 ? null : .25 })], JointLayout.Coco,
            p => figures.ReadImage((int)p.Id - 1));
        var predictions = Predict(
            data, target => new HeatmapPose(
                new HeatmapCodec().Encode(target.Joints, ones_like(target.Visibility), Geometry).Heatmaps, Geometry));
        foreach (var prediction in predictions)
            prediction.Score
                .Should().BeApproximately(
                    (prediction.Person == 0 ? 1 : .25) * prediction.Keypoints.Where((_, i) => i % 3 == 2).Average(), 1e-9);
    }

    // MSRA and DARK cells mirror onto cells one to the left, which the flip test puts right; UDP's onto themselves.
    [TestCase(HeatmapEncoding.Dark)]
    [TestCase(HeatmapEncoding.Udp)]
    public void A_flip_test_averages_with_the_mirror_image(HeatmapEncoding encoding)
    {
        var data = ArticulatedFigures.Generate(16, 9);
        var codec = new HeatmapCodec(encoding);
        var options = Options(codec.Udp);
        using var scope = NewDisposeScope();
        var truth = new PoseLoader(data, options).Epoch(0)
            .Select(batch => (Joints: batch.Target.Joints.clone(), Visible: batch.Target.Visibility.clone())).Single();
        var asked = 0;
        var both = PosePredictor.Predict(new PoseLoader(data, options), images =>
        {
            var maps = codec.Encode(truth.Joints, truth.Visible, Geometry).Heatmaps;
            if (asked++ == 1)
            {
                var order = tensor(JointLayout.Mirrored(JointLayout.Coco.Pairs, 17).Select(k => (long)k).ToArray());
                var mirrored = truth.Joints.index_select(1, order).clone();
                // The mirror image's pixel 95 - x shows what pixel x of the image shows.
                mirrored.select(2, 0).neg_().add_(95);
                maps = codec.Encode(mirrored, truth.Visible.index_select(1, order), Geometry).Heatmaps;
            }
            return new HeatmapPose(maps, Geometry, codec);
        }, flipTest: true);
        asked.Should().Be(2);
        // The shift by a cell leaves a quarter pixel of a stride of 2.
        PoseEvaluation.Coco(data, both).AP.Should().BeGreaterThan(.99);
        var mapped = JointMap.MpiiToCoco;
        FluentActions.Invoking(
            () => PosePredictor.Predict(
                new PoseLoader(data, options), images => new HeatmapPose(zeros(images.size(0), 16, 64, 48), Geometry, codec, mapped),
                flipTest: true))
            .Should().Throw<ArgumentException>().WithMessage("*joint map*");
        FluentActions.Invoking(
            () => PosePredictor.Predict(
                new PoseLoader(data, options), images => new HeatmapPose(zeros(images.size(0), 16, 64, 48), Geometry, codec)))
            .Should().Throw<ArgumentException>().WithMessage("Expected 17 joints*16.");
    }

    [Test]
    public void Mpii_predictions_are_compared_in_the_truths_counting()
    {
        var truth = MpiiTruth.Load(GoldenFile.Path("mpii/gt_synth.mat"));
        var data = new PersonDataset(
            [.. Enumerable.Range(0, truth.Persons).Select(i => new PersonSample
            {
                Id = i, ImageId = i, File = "f", Box = new KeypointBox(-5000, 0, 10, 10), Area = 1, Keypoints = new double[48],
            })],
            JointLayout.Mpii);
        PosePrediction At(int i) => new(
            i, [.. Enumerable.Range(0, 16).SelectMany(k => new[] { truth.Position(i, k).X - 1, truth.Position(i, k).Y - 1, 1 })], 1);
        PoseEvaluation.Mpii(data, [.. Enumerable.Range(0, truth.Persons).Select(At)], truth).Mean.Should().Be(100);
        PoseEvaluation.Mpii(data, [.. Enumerable.Range(0, truth.Persons / 2).Select(At)], truth).Mean.Should().BeInRange(30, 70);
        FluentActions.Invoking(() => PoseEvaluation.Coco(data, [])).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Predicting_leaves_no_tensor_behind()
    {
        var data = ArticulatedFigures.Generate(20, 9);
        void Run()
        {
            PosePredictor.Predict(
                new PoseLoader(data, Options()), images => new HeatmapPose(rand(images.size(0), 17, 64, 48), Geometry), flipTest: true);
        }
        Run();
        var before = LiveTensors.Settled();
        Run();
        Tensor.TotalCount.Should().Be(before);
    }

    // The network is asked for the batches in order, so it can be told the truth in the same order.
    private static IReadOnlyList<PosePrediction> Predict(PersonDataset data, Func<PoseTarget, PoseAnswer> network, bool udp = false)
    {
        var options = Options(udp);
        using var truths = new PoseLoader(data, options).Epoch(0).GetEnumerator();
        return PosePredictor.Predict(new PoseLoader(data, options), _ =>
        {
            truths.MoveNext();
            return network(truths.Current.Target);
        });
    }
}
