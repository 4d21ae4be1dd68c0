using ClassroomKD.Tests.Golden;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Metrics;

public sealed class PckhMetricGoldenTests
{
    // Both sides compute in float64; one joint more or less within a threshold moves a figure by far more.
    private const double Exact = 1e-9;

    [TestCase("expected_hrnet(<=, index 11 i.e. 0.11)", PckhConvention.Hrnet)]
    [TestCase("expected_fixed(<=, index 10)", PckhConvention.Inclusive)]
    [TestCase("expected_mmpose_rule(<, index 10)", PckhConvention.MMPose)]
    public void Every_figure_is_the_reference_implementations(string name, PckhConvention convention)
    {
        foreach (var file in new[] { "mpii/gt_synth.mat", "mpii/gt_synth_compressed.mat" })
        {
            var golden = GoldenFile.Read("mpii/mpii.json");
            var expected = golden.GetProperty(name);

            var result = PckhMetric.Evaluate(
                MpiiTruth.Load(GoldenFile.Path(file)), golden.GetProperty("pred_0based_N16xy").Numbers(), convention);

            double[] figures =
            [
                result.Head, result.Shoulder, result.Elbow, result.Wrist, result.Hip, result.Knee, result.Ankle,
                result.Mean, result.MeanAtTenth, result.TenthThreshold, result.Auc,
            ];
            string[] names =
            [
                "Head", "Shoulder", "Elbow", "Wrist", "Hip", "Knee", "Ankle",
                "Mean", "Mean@0.1", "threshold_used_for_0.1", "AUC_mean_over_51_thresholds",
            ];
            figures.Should().Equal(names.Select(n => expected.GetProperty(n).GetDouble()), Near);
            result.PerJoint.Should().Equal(expected.GetProperty("per_joint").Numbers(), Near);
            result.Counts.Select(c => (double)c).Should().Equal(expected.GetProperty("jnt_count").Numbers());
        }
    }

    [TestCase("mpii/gt_synth.mat")]
    [TestCase("mpii/gt_synth_compressed.mat")]
    public void Mat_file_is_read_as_it_was_written(string file)
    {
        var golden = GoldenFile.Read("mpii/mpii.json");
        var variables = MatFile.Read(GoldenFile.Path(file));

        // The golden file runs its last index fastest, MATLAB its first.
        var persons = golden.GetProperty("gt_1based_16xyN")[0][0].GetArrayLength();
        variables["pos_gt_src"].Dimensions.Should().Equal(16, 2, persons);
        for (var n = 0; n < persons; n++)
        {
            variables["pos_gt_src"].Numbers[16 + 3 + n * 32].Should().Be(golden.GetProperty("gt_1based_16xyN")[3][1][n].GetDouble());
            variables["headboxes_src"].Numbers[1 + 2 + n * 4].Should().Be(golden.GetProperty("headboxes_2xyN")[1][1][n].GetDouble());
        }
        variables["dataset_joints"].Cells.Select(cell => cell.Text)
            .Should().Equal(golden.GetProperty("dataset_joints").EnumerateArray().Select(e => e.GetString()));
    }

    private static bool Near(double actual, double expected) => Math.Abs(actual - expected) <= Exact;
}
