using ClassroomKD.Pose;
using ClassroomKD.Tests.Golden;

namespace ClassroomKD.Tests.Pose.Evaluation;

public sealed class PoseScoringTests
{
    // Scores and survivors computed with HRNet's own code, whose suppression also gives an order.
    [TestCase(.9)]
    [TestCase(.5)]
    public void Rescoring_and_suppression_are_hrnets(double oks)
    {
        var golden = GoldenFile.Read("oks-nms.json");
        var persons = golden.GetProperty("persons").EnumerateArray().ToArray();
        var data = Data([.. persons.Select(person => (double?)person.GetProperty("box").GetDouble())], image: _ => 7);
        PosePrediction[] predictions =
        [
            .. persons.Select((person, i) => new PosePrediction(i, person.GetProperty("keypoints").Numbers(), -1)
            {
                CropArea = person.GetProperty("area").GetDouble(),
            }),
        ];
        var kept = golden.GetProperty(FormattableString.Invariant($"keep {oks:F1}")).Numbers().Select(i => (int)i).Order().ToArray();
        var detections = PoseEvaluation.ToCoco(data, predictions, new() { SuppressionOks = oks });
        detections.Select(detection => detection.Keypoints).Should().Equal(kept.Select(i => predictions[i].Keypoints));
        detections.Select(detection => detection.Score).Should().Equal(
            kept.Select(i => persons[i].GetProperty("score").GetDouble()), (a, b) => Math.Abs(a - b) < 1e-12);
    }

    [Test]
    public void Persons_of_other_images_are_no_doubles_and_unsure_joints_do_not_count()
    {
        var data = Data([null, null, null], image: i => i / 2);
        double[] keypoints = [.. Enumerable.Range(0, 17).SelectMany(k => new[] { k, k, k < 4 ? .6 : .2 })];
        PosePrediction[] predictions = [.. Enumerable.Range(0, 3).Select(i => new PosePrediction(i, keypoints, .5))];
        PoseEvaluation.ToCoco(data, predictions).Select(found => found.Score).Should().Equal(.5, .5, .5);
        PoseEvaluation.ToCoco(data, predictions, new()).Select(found => (found.ImageId, Math.Round(found.Score, 12)))
            .Should().Equal((0, .6), (1, .6));
        PoseEvaluation.ToCoco(data, predictions, new() { SuppressionOks = 1, LeastJointScore = .7 }).Select(found => found.Score)
            .Should().Equal(0, 0, 0);
        FluentActions.Invoking(() => PoseEvaluation.ToCoco(data, predictions, new() { SuppressionOks = 1.1 }))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*SuppressionOks*");
        FluentActions.Invoking(() => PoseEvaluation.ToCoco(data, predictions, new() { LeastJointScore = double.NaN }))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*LeastJointScore*");
    }

    [Test]
    public void Doubles_cost_precision_until_they_are_suppressed()
    {
        var figures = ArticulatedFigures.Generate(6, 9);
        // Two detections of each person; of each second one the box is a little aside.
        var data = new PersonDataset(
            [.. figures.Persons.SelectMany(p => new[] { p with { BoxScore = .9 }, p with { BoxScore = .8 } })], JointLayout.Coco,
            p => figures.ReadImage((int)p.Id - 1), figures.Annotations);
        double[] Aside(IReadOnlyList<double> joints, double pixels) => [.. joints.Select((x, k) => k % 3 == 2 ? .9 : x + pixels)];
        PosePrediction[] predictions =
            [.. data.Persons.Select((person, i) => new PosePrediction(i, Aside(person.Keypoints, i % 2 * .4), .5))];
        var raw = PoseEvaluation.Coco(data, predictions);
        var scored = PoseEvaluation.Coco(data, predictions, new());
        (raw.Boxes, scored.Boxes).Should().Be((PersonBoxes.Detected, PersonBoxes.Detected));
        raw.Notes.Should().Contain(note => note.Contains("OKS-NMS"));
        scored.Notes.Should().BeEmpty();
        scored.AP.Should().Be(1);
        PoseEvaluation.ToCoco(data, predictions, new()).Should().HaveCount(6);
        PoseEvaluation.Coco(figures, [.. predictions.Where((_, i) => i % 2 == 0).Select(p => p with { Person = p.Person / 2 })])
            .Boxes.Should().Be(PersonBoxes.Annotated);
    }

    private static PersonDataset Data(double?[] boxScores, Func<int, long> image) => new(
        [.. boxScores.Select((score, i) => new PersonSample
        {
            Id = i, ImageId = image(i), File = "f", Box = new(0, 0, 90, 120), Area = 1, Keypoints = new double[51], BoxScore = score,
        })], JointLayout.Coco);
}
