using ClassroomKD.Tests.Golden;
using System.Text.Json;
using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Losses;

public sealed class PoseLossGoldenTests : TensorFixture
{
    private JsonElement golden;
#pragma warning disable NUnit1032 // the scope disposes them
    private Tensor student = null!, truth = null!, teacher = null!, weights = null!;
#pragma warning restore NUnit1032

    [SetUp]
    public void SetUp()
    {
        golden = GoldenFile.Read("pose-codecs.json").GetProperty("losses");
        (student, truth, teacher) = (Maps("pred"), Maps("target"), Maps("teacher"));
        weights = golden.GetProperty("weight").Tensor();
    }

    [Test]
    public void Heatmap_losses_have_the_published_values()
    {
        Check(new JointsMseLoss(), "hrnet_JointsMSELoss");
        Check(new KeypointMseLoss(), "mmpose_KeypointMSELoss");
        Check(new OhkmLoss(hardest: 2), "hrnet_JointsOHKM_top2");
        Check(new OhkmLoss(hardest: 2, halved: false), "mmpose_OHKM_top2");
    }

    [Test]
    public void Fast_pose_distillation_has_the_published_value()
    {
        var distillation = new FastPoseDistillation(.5);
        var truth = new JointsMseLoss().PerSample(student, this.truth, weights).mul(Scalars.Of(distillation.TruthShare));
        var mixed = truth.add(distillation.PerSample(student, teacher, weights, ones(student.size(0))), Scalars.One);
        mixed.mean().ToDouble().Should().BeApproximately(golden.GetProperty("FPD_alpha0.5").GetDouble(), 1e-9);
    }

    [TestCase("spatial_KL_tau0.1_meanvisible", 1, 10)]
    [TestCase("spatial_KL_tau0.1_meanvisible", .1, 1)]
    [TestCase("spatial_KL_tau4_meanvisible", 4, 1)]
    public void Spatial_divergence_has_the_published_value(string name, double temperature, double beta)
    {
        var temperatures = full(student.size(0), temperature, ScalarType.Float64);
        var loss = new SpatialKlLoss(beta).PerSample<Tensor>(student, teacher, weights, temperatures).mean();
        // The golden value has T² for the whole sharpness; beta is not part of it here.
        loss.ToDouble()
            .Should().BeApproximately(
                golden.GetProperty(name).GetDouble() * Math.Pow(temperature / (name.Contains("0.1") ? .1 : 4), 2), 1e-9);
    }

    [Test]
    public void Simcc_loss_has_the_published_value()
    {
        var simcc = GoldenFile.Read("pose-codecs.json").GetProperty("simcc");
        Tensor Bins(string name) => simcc.GetProperty(name).Tensor().unsqueeze(0);
        var answer = new SimccAnswer(Bins("logits_x"), Bins("logits_y"));
        var labels = new SimccAnswer(Bins("x_labels"), Bins("y_labels"));

        new KlDiscretLoss().PerSample(answer, labels, Bins("weights")).sum().ToDouble()
            .Should().BeApproximately(simcc.GetProperty("KLDiscretLoss_beta10_labelsoftmax").GetDouble(), 1e-9);
    }

    private Tensor Maps(string name) =>
        golden.GetProperty(name).Tensor().reshape([.. golden.GetProperty("shape").EnumerateArray().Select(size => size.GetInt64())]);

    // Both sides compute in float64 from the same nine digits.
    private void Check(IPoseLoss<Tensor> loss, string name) =>
        loss.PerSample(student, truth, weights).mean().ToDouble()
            .Should().BeApproximately(golden.GetProperty(name).GetDouble(), 1e-9, name);
}
