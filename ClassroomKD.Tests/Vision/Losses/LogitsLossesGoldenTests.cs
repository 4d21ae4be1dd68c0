using ClassroomKD.Tests.Golden;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Losses;

/// <summary>The example of <c>baselines.json</c>, teacher against student, means over the batch.</summary>
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
        var golden = new Baselines();
        var student = golden.Student();
        var temperatures = full([student.size(0)], temperature, ScalarType.Float64);
        var perSample = loss.PerSample(new LogitsLossArguments
        {
            Student = student,
            Mentor = golden.Mentor("teacher"),
            Temperatures = temperatures,
            StudentTemperatures = temperatures,
            TargetDistribution = nn.functional.one_hot(golden.Labels(), student.size(1)).to(ScalarType.Float64),
        });
        perSample.shape.Should().Equal(student.size(0));
        // Both sides compute in float64; DIST and logit standardization add an epsilon of 1e-8 and 1e-7, at the same place.
        perSample.mean().item<double>().Should().BeApproximately(golden[name].GetDouble(), 1e-10);
    }
}
