using ClassroomKD.Pose;
using ClassroomKD.Tests.Golden;

namespace ClassroomKD.Tests.Pose.Metrics;

/// <summary>What metrics refuse, by name, and where their rules begin.</summary>
public sealed class MetricEdgeTests : TensorFixture
{
    private static readonly double[] Two = [.1, .1];

    private static readonly CocoAnnotation Person = Annotation([12, 12, 2, 20, 20, 2]);

    private static CocoAnnotation Annotation(double[] keypoints) => new()
    {
        Id = 5, ImageId = 1, CategoryId = 1, Box = new(10, 10, 20, 20), Area = 400, IsCrowd = false,
        LabeledJoints = keypoints.Count(value => value == 2), Keypoints = keypoints,
    };

    private static void Refused(Action call, string message) => call.Should().Throw<ArgumentException>().WithMessage(message + "*");

    [Test]
    public void Spreads_and_joints_that_do_not_fit_are_refused()
    {
        foreach (var sigmas in (double[][])[[], [.1, 0], [.1, double.NaN]])
        {
            Refused(() => _ = new ObjectKeypointSimilarity(sigmas), "Expected one finite spread above 0 for each joint");
            Refused(() => _ = new CocoKeypointMetric(sigmas), "Expected one finite spread above 0 for each joint");
        }
        var similarity = new ObjectKeypointSimilarity(Two);
        Refused(() => similarity.Compute(Person, [1, 1, 1]), "Expected 2 joints (x, y, v) in the prediction, found 3 numbers.");
        Refused(() => new ObjectKeypointSimilarity([.1]).Compute(Person, [1, 1, 1]), "Expected 1 joints (x, y, v) in annotation 5");
        Refused(() => similarity.PerJoint(Person, Person.Keypoints, new double[3]), "Expected room for 2 joints, found 3.");
        Refused(
            () => new OksPerformance(Two).Of(zeros(1, 2, 3), zeros(1, 2, 3), ones(1, 2), ones(1)),
            "Expected floating-point joints [B, K, 2]");
    }

    [Test]
    public void Predictions_outside_an_unlabeled_person_are_measured_from_its_doubled_box()
    {
        var unlabeled = Annotation(new double[6]);
        double Of(double x, double y) => new ObjectKeypointSimilarity(Two).Compute(unlabeled, [x, y, 1, x, y, 1]);
        // The box goes from 10 to 30; around it as far again, from -10 to 50.
        foreach (var inside in (double[])[-10, 15, 50])
            Of(inside, 20).Should().Be(1);
        foreach (var outside in (double[])[-14, 54])
            Of(outside, 20).Should().BeApproximately(Math.Exp(-16 / (.2 * .2) / 400 / 2), 1e-12);
    }

    [Test]
    public void PCKh_refuses_other_numbers_and_conventions()
    {
        var truth = MpiiTruth.Load(GoldenFile.Path("mpii/gt_synth.mat"));
        var right = Enumerable.Repeat(50.0, 32 * truth.Persons).ToArray();
        Refused(
            () => PckhMetric.Evaluate(truth, right[1..]), $"Expected {truth.Persons} persons x 16 joints x 2, found {right.Length - 1}");
        Refused(() => PckhMetric.Evaluate(truth, right, (PckhConvention)7), "Expected a convention of PckhConvention, found 7.");
        foreach (var axis in (int[])[0, 1])
        {
            double[] wrong = [.. right.Select((value, at) => at % 2 == axis ? double.NaN : value)];
            Refused(() => PckhMetric.Evaluate(truth, wrong), "Expected finite predictions, found (");
        }
    }
}
