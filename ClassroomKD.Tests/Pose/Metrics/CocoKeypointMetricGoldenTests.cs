using ClassroomKD.Tests.Golden;
using System.Globalization;
using System.Text;
using System.Text.Json;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Metrics;

public sealed class CocoKeypointMetricGoldenTests
{
    // Both sides compute in float64; counts and thresholds decide, so that a mistake shows from 1e-3 on.
    private const double Exact = 1e-9;

    private static readonly CocoAreaRange[] Areas = Enum.GetValues<CocoAreaRange>();

    [TestCase("dets.json")]
    [TestCase("dets_bbox.json")]
    public void Every_figure_is_the_reference_implementations(string detections)
    {
        var expected = GoldenFile.Read("coco/expected.json").GetProperty(detections);
        var result = Evaluate(detections);

        Stats(result).Should().Equal(expected.GetProperty("stats").EnumerateObject().Select(p => p.Value.GetDouble()), Near);
        foreach (var area in Areas)
        {
            var name = area.ToString().ToLowerInvariant();
            Enumerable.Range(0, 10).Select(t => result.AveragePrecision(area, t))
                .Should().Equal(expected.GetProperty("ap_by_iou_and_area").GetProperty(name).Numbers(), Near, name);
            Enumerable.Range(0, 10).Select(t => result.RecallAt(area, t))
                .Should().Equal(expected.GetProperty("recall_by_iou_and_area").GetProperty(name).Numbers(), Near, name);
            result.Persons(area).Should().Be(expected.GetProperty("npig_by_area").GetProperty(name).GetInt32());
        }
        result.PrecisionAt(CocoAreaRange.All, 0).Should().Equal(expected.GetProperty("precision_iou50_all_101").Numbers(), Near);
        result.ScoresAt(CocoAreaRange.All, 0).Should().Equal(expected.GetProperty("scores_iou50_all_101").Numbers(), Near);
    }

    [TestCase("dets.json")]
    [TestCase("dets_bbox.json")]
    public void Similarities_and_matches_are_the_reference_implementations(string detections)
    {
        var expected = GoldenFile.Read("coco/expected.json").GetProperty(detections);
        var images = new CocoKeypointMetric().Group(Truth(), Detections(detections)).ToDictionary(image => image.ImageId);

        foreach (var image in expected.GetProperty("oks").EnumerateObject())
        {
            var ours = images[long.Parse(image.Name, CultureInfo.InvariantCulture)];
            var similarities = Enumerable.Range(0, ours.Candidates.Length)
                .SelectMany(d => Enumerable.Range(0, ours.Truths.Length).Select(g => ours.Similarity(d, g)));
            similarities.Should().Equal(image.Value.Numbers(), Near);
        }
        foreach (var image in expected.GetProperty("matches_iou50_all").EnumerateObject())
        {
            var ours = images[long.Parse(image.Name, CultureInfo.InvariantCulture)];
            var matches = new int[ours.Candidates.Length];
            var ignored = new bool[ours.Candidates.Length];
            ours.Match(.5, 0, 1e10, matches, ignored);
            ours.Candidates.Select(c => (double)c.Number).Should().Equal(image.Value.GetProperty("dtIds").Numbers());
            matches.Select(m => m < 0 ? 0.0 : ours.Truths[m].Id).Should().Equal(image.Value.GetProperty("dtMatches").Numbers());
            ignored.Select(i => i ? 1.0 : 0).Should().Equal(image.Value.GetProperty("dtIgnore").Numbers());
        }
    }

    [Test]
    public void Small_cases_are_the_reference_implementations()
    {
        foreach (var entry in GoldenFile.Read("coco/mini/expected.json").EnumerateObject())
        {
            var (name, expected) = (entry.Name, entry.Value);
            var scene = GoldenFile.Read($"coco/mini/{name}.json");
            var truth = CocoKeypoints.Parse(Encoding.UTF8.GetBytes(scene.GetProperty("gt").GetRawText()));
            var detections = CocoDetections.Parse(Encoding.UTF8.GetBytes(scene.GetProperty("dets").GetRawText()));
            var metric = new CocoKeypointMetric();

            Stats(metric.Evaluate(truth, detections)).Should().Equal(expected.GetProperty("stats").Numbers(), Near, name);
            var first = metric.Group(truth, detections).Single(image => image.ImageId == 1);
            Enumerable.Range(0, first.Candidates.Length)
                .SelectMany(d => Enumerable.Range(0, first.Truths.Length).Select(g => first.Similarity(d, g)))
                .Should().Equal(expected.GetProperty("oks_img1").Numbers(), Near, name);
        }
    }

    // Ids of 0, areas of 1, 1e300 and below 0, other categories with and without keypoints, any number of the category, few maxDets:
    // made by the COCO API itself.
    [Test]
    public void Data_of_every_kind_has_the_reference_implementations_figures()
    {
        foreach (var scene in GoldenFile.Read("coco/kinds.json").EnumerateArray())
        {
            var truth = CocoKeypoints.Parse(Encoding.UTF8.GetBytes(scene.GetProperty("gt").GetRawText()));
            var detections = CocoDetections.Parse(Encoding.UTF8.GetBytes(scene.GetProperty("dets").GetRawText()));
            var result = new CocoKeypointMetric(maxDetections: scene.GetProperty("maxDets").GetInt32()).Evaluate(truth, detections);
            Stats(result).Should().Equal(scene.GetProperty("stats").Numbers(), Near);
        }
    }

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) <= Exact;

    private static double[] Stats(CocoKeypointResult result) =>
        [
            result.AP, result.AP50, result.AP75, result.APMedium, result.APLarge,
            result.AR, result.AR50, result.AR75, result.ARMedium, result.ARLarge,
        ];

    private static CocoKeypointResult Evaluate(string detections) => new CocoKeypointMetric().Evaluate(Truth(), Detections(detections));

    private static CocoKeypoints Truth() => CocoKeypoints.Load(GoldenFile.Path("coco/gt.json"));

    private static IReadOnlyList<CocoDetection> Detections(string name) => CocoDetections.Load(GoldenFile.Path($"coco/{name}"));
}
