using ClassroomKD.Tests.Golden;
using System.Text.Json;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Losses;

public sealed class PoseLossGoldenTests : TensorFixture
{
    private JsonElement _golden;
#pragma warning disable NUnit1032 // the scope disposes them
    private Tensor _student = null!, _truth = null!, _teacher = null!, _weights = null!;
#pragma warning restore NUnit1032

    [SetUp]
    public void SetUp()
    {
        _golden = GoldenFile.Read("pose-codecs.json").GetProperty("losses");
        (_student, _truth, _teacher) = (Maps("pred"), Maps("target"), Maps("teacher"));
        _weights = _golden.GetProperty("weight").Tensor();
    }

    [Test]
    public void Heatmap_losses_have_the_published_values()
    {
        Check(JointsMseLoss.Compute(_student, _truth, _weights), "hrnet_JointsMSELoss");
        Check(KeypointMseLoss.Compute(_student, _truth, _weights), "mmpose_KeypointMSELoss");
        Check(OhkmLoss.Compute(_student, _truth, _weights, hardest: 2), "hrnet_JointsOHKM_top2");
        Check(OhkmLoss.Compute(_student, _truth, _weights, hardest: 2, halved: false), "mmpose_OHKM_top2");
        Check(FastPoseDistillation.Compute(_student, _truth, _teacher, _weights), "FPD_alpha0.5");
    }

    [TestCase("spatial_KL_tau0.1_meanvisible", 1, 10)]
    [TestCase("spatial_KL_tau0.1_meanvisible", .1, 1)]
    [TestCase("spatial_KL_tau4_meanvisible", 4, 1)]
    public void Spatial_divergence_has_the_published_value(string name, double temperature, double beta)
    {
        var temperatures = full(_student.size(0), temperature, ScalarType.Float64);
        var loss = SpatialKlLoss.PerSample(_student, _teacher, _weights, temperatures, beta).mean();
        // The golden value has T² for the whole sharpness; beta is not part of it here.
        var sharpness = Math.Pow(temperature / (name.Contains("0.1") ? .1 : 4), 2);
        loss.ToDouble().Should().BeApproximately(_golden.GetProperty(name).GetDouble() * sharpness, 1e-9);
    }

    [Test]
    public void Simcc_loss_has_the_published_value()
    {
        var simcc = GoldenFile.Read("pose-codecs.json").GetProperty("simcc");
        Tensor Bins(string name) => simcc.GetProperty(name).Tensor().unsqueeze(0);
        var answer = new SimccAnswer(Bins("logits_x"), Bins("logits_y"));
        var labels = new SimccAnswer(Bins("x_labels"), Bins("y_labels"));

        KlDiscretLoss.Compute(answer, labels, Bins("weights")).ToDouble()
            .Should().BeApproximately(simcc.GetProperty("KLDiscretLoss_beta10_labelsoftmax").GetDouble(), 1e-9);
    }

    private Tensor Maps(string name) =>
        _golden.GetProperty(name).Tensor().reshape([.. _golden.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]);

    // Both sides compute in float64 from the same nine digits.
    private void Check(Tensor loss, string name) =>
        loss.ToDouble().Should().BeApproximately(_golden.GetProperty(name).GetDouble(), 1e-9, name);
}
