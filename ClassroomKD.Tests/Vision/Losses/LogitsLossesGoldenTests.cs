using ClassroomKD.Tests.Golden;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>The 4x5 example of <c>baselines.json</c>, teacher against student, means over the batch.</summary>
public sealed class LogitsLossesGoldenTests
{
    private static readonly TestCaseData[] Baselines =
    [
        new("DKD_a1_b8_T4", new DkdLoss(), 4.0),
        new("DIST_b1_g1_T1", new DistLoss(), 1.0),
        new("LogitStd_KD_T2", new LogitStandardizationLoss(), 2.0),
        new("TTM_g0.2", new TtmLoss(), 5.0),
        new("WTTM_g0.2", new WttmLoss(), 5.0),
    ];

    [TestCaseSource(nameof(Baselines))]
    public void Mean_over_the_batch(string name, ILogitsDistillationLoss loss, double temperature)
    {
        using var scope = NewDisposeScope();
        var golden = GoldenFile.Read("baselines.json");
        var inputs = golden.GetProperty("inputs");
        var labels = inputs.GetProperty("labels").Tensor(ScalarType.Int64);
        var temperatures = full([4], temperature, ScalarType.Float64);
        var perSample = loss.PerSample(new LogitsLossArguments
        {
            Student = inputs.GetProperty("student").Tensor(),
            Mentor = inputs.GetProperty("mentors").GetProperty("teacher").Tensor(),
            Temperatures = temperatures,
            StudentTemperatures = temperatures,
            TargetDistribution = nn.functional.one_hot(labels, 5).to(ScalarType.Float64),
        });
        perSample.shape.Should().Equal(4);
        perSample.mean().item<double>().Should().BeApproximately(golden.GetProperty(name).GetDouble(), 1e-10);
    }
}
