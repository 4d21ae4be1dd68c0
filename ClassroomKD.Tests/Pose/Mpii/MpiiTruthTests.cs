using System.Globalization;
using System.Text;
using ClassroomKD.Pose;
using ClassroomKD.Tests.Golden;
using ClassroomKD.Tests.Vision.Data;

namespace ClassroomKD.Tests.Pose.Mpii;

public sealed class MpiiTruthTests
{
    // Corners of head boxes are whole pixels, so the square of a true diagonal is a whole number; positions are rounded to .0001.
    [Test]
    public void Head_boxes_come_back_from_real_annotations()
    {
        var truth = MpiiTruth.Load(Path.Combine(RealData.Folder("mpii-mini"), "annot", "valid.json"));
        truth.Persons.Should().Be(5);
        for (var person = 0; person < 5; person++)
        {
            var squared = Math.Pow(truth.HeadSize(person) / .6, 2);
            squared.Should().BeApproximately(Math.Round(squared), .04).And.BeGreaterThan(5000);
        }
        truth.Position(0, 0).Should().Be((804, 711), "counted from 1");
    }

    [Test]
    public void Json_gives_the_figures_of_the_mat_file()
    {
        var golden = GoldenFile.Read("mpii/mpii.json");
        var mat = MpiiTruth.Load(GoldenFile.Path("mpii/gt_synth.mat"));
        var predictions = golden.GetProperty("pred_0based_N16xy").Numbers();
        var boxes = golden.GetProperty("headboxes_2xyN");
        using var folder = new TemporaryFolder();
        var persons = Enumerable.Range(0, mat.Persons).Select(i => Person(mat, i, Corner(boxes, 0, i), Corner(boxes, 1, i)));
        var json = folder.Write("valid.json", Encoding.UTF8.GetBytes($" [{string.Join(',', persons)}]"));

        var truth = MpiiTruth.Load(json);
        for (var i = 0; i < mat.Persons; i++)
            truth.HeadSize(i).Should().BeApproximately(mat.HeadSize(i), 1e-9);
        var (expected, found) = (PckhMetric.Evaluate(mat, predictions), PckhMetric.Evaluate(truth, predictions));
        // Neck and head are where the boxes say.
        for (var k = 0; k < MpiiTruth.Joints; k++)
            if (k is not (8 or 9))
                (found.PerJoint[k], found.Counts[k]).Should().Be((expected.PerJoint[k], expected.Counts[k]), $"joint {k}");
        found.PersonsWithoutHead.Should().Be(0);
    }

    [Test]
    public void Persons_without_a_head_are_left_out_and_counted()
    {
        using var folder = new TemporaryFolder();
        string Annotated(string neck, string head, int visible) =>
            $$"""
            {"image":"a","center":[1,2],"scale":1,"joints":[{{string.Join(',', Enumerable.Repeat("[5,5]", 8))}},{{neck}},{{head}},
             {{string.Join(',', Enumerable.Repeat("[5,5]", 6))}}],"joints_vis":[1,1,1,1,1,1,1,1,{{visible}},1,1,1,1,1,1,1]}
            """;
        var truth = MpiiTruth.Load(folder.Write("valid.json", Encoding.UTF8.GetBytes(
            $"[{Annotated("[9,9]", "[9,29]", 1)},{Annotated("[9,9]", "[9,9]", 1)},{Annotated("[9,9]", "[9,29]", 0)}]")));
        Enumerable.Range(0, 3).Select(truth.HeadSize).Should().Equal(15, 0, 0);
        // Half of 15 is just near enough, once: the others do not count, as hit or as miss.
        var predictions = Enumerable.Repeat(new[] { 4.0 + 7.5, 4 }, 48).SelectMany(at => at).ToArray();
        var result = PckhMetric.Evaluate(truth, predictions);
        result.PersonsWithoutHead.Should().Be(2);
        result.Counts.Should().OnlyContain(count => count == 1);
        result.Ankle.Should().Be(100);
        predictions[0] += .001;
        PckhMetric.Evaluate(truth, predictions).Ankle.Should().Be(50);
    }

    private static (double X, double Y) Corner(System.Text.Json.JsonElement boxes, int corner, int person) =>
        (boxes[corner][0][person].GetDouble(), boxes[corner][1][person].GetDouble());

    private static string Person(MpiiTruth mat, int i, (double X, double Y) low, (double X, double Y) high)
    {
        var (x, y, w, h) = ((low.X + high.X) / 2, (low.Y + high.Y) / 2, .4 * (high.X - low.X), .4 * (high.Y - low.Y));
        var joints = Enumerable.Range(0, MpiiTruth.Joints).Select(k => k switch
        {
            8 => (X: x - w, Y: y + h),
            9 => (X: x + w, Y: y - h),
            _ => mat.IsLabeled(i, k) ? mat.Position(i, k) : (X: -1, Y: -1),
        });
        var labeled = Enumerable.Range(0, MpiiTruth.Joints).Select(k => k is 8 or 9 || mat.IsLabeled(i, k) ? 1 : 0);
        return string.Create(CultureInfo.InvariantCulture,
            $$"""
            {"image":"a.jpg","center":[1,2],"scale":1,"joints_vis":[{{string.Join(',', labeled)}}],
             "joints":[{{string.Join(',', joints.Select(at => string.Create(CultureInfo.InvariantCulture, $"[{at.X:R},{at.Y:R}]")))}}]}
            """);
    }
}
