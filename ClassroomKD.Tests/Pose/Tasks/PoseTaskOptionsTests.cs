using ClassroomKD.Pose;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Pose.Tasks;

public sealed class PoseTaskOptionsTests
{
    [Test]
    public void Out_of_range_they_fail_at_start_and_in_constructors_by_name()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddClassroom<PoseAnswer, PoseTarget>("coco").UseHeatmapTask(options => options.DistillationFactor = -1);
        using var host = builder.Build();
        host.Invoking(h => h.Start()).Should().Throw<OptionsValidationException>().WithMessage("*DistillationFactor*");
        void Refused(Func<object> make, string name) => make.Should().Throw<OptionsValidationException>().WithMessage($"*{name}*");
        Refused(() => new SimccTask(new() { CorrectFrom = 2 }), "CorrectFrom");
        Refused(() => new SimccTask(new() { DistillationFactor = double.NaN }), "DistillationFactor");
        Refused(() => new HeatmapTask(new() { Sigmas = [.1, 0] }), "Sigmas");
        Refused(() => new HeatmapTask(new() { Sigmas = null! }), "Sigmas");
        Refused(() => new HeatmapTask(new() { JointWeights = [1] }), "JointWeights");
        Refused(() => new HeatmapTask(new() { Sigmas = [.1, .1, .1], Loss = new OhkmLoss() }), "Loss");
    }

    [TestCase("JointsMse", typeof(JointsMseLoss), "spatialkl", typeof(SpatialKlLoss))]
    [TestCase("KeypointMse", typeof(KeypointMseLoss), "FastPose", typeof(FastPoseDistillation))]
    [TestCase("JointsOhkm", typeof(OhkmLoss), "SpatialKl", typeof(SpatialKlLoss))]
    [TestCase("KeypointOhkm", typeof(OhkmLoss), "SpatialKl", typeof(SpatialKlLoss))]
    public void A_configuration_names_losses(string loss, Type expectedLoss, string distillation, Type expectedDistillation)
    {
        var options = Options<HeatmapTaskOptions>(("Loss", loss), ("Distillation", distillation), ("SoftPerformance", "true"));
        options.Loss.Should().BeOfType(expectedLoss);
        options.Distillation.Should().BeOfType(expectedDistillation);
        options.SoftPerformance.Should().BeTrue();
        if (options.Loss is OhkmLoss ohkm)
        {
            using var scope = NewDisposeScope();
            PoseLossArguments<Tensor> arguments = new() { Student = ones(1, 9, 4, 4), Target = zeros(1, 9, 4, 4), Weights = ones(1, 9) };
            ohkm.PerSample(arguments).ShouldBe(new OhkmLoss(halved: loss == "JointsOhkm").PerSample(arguments).Doubles(), 0);
        }
    }

    [Test]
    public void A_configuration_cannot_name_what_there_is_not_or_does_not_fit()
    {
        Options<SimccTaskOptions>(("Loss", "KlDiscret"), ("Distillation", "SpatialKl")).Loss.Should().BeOfType<KlDiscretLoss>();
        FluentActions.Invoking(() => Options<SimccTaskOptions>(("Loss", "JointsMse"))).Should().Throw<InvalidOperationException>()
            .WithInnerException<FormatException>().WithMessage("Expected one of KlDiscret, found 'JointsMse'.");
        FluentActions.Invoking(() => Options<HeatmapTaskOptions>(("Distillation", "Fast"))).Should().Throw<InvalidOperationException>()
            .WithInnerException<FormatException>().WithMessage("Expected one of SpatialKl, FastPose, found 'Fast'.");
    }

    private static TOptions Options<TOptions>(params (string Key, string Value)[] settings)
        where TOptions : class
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        var section = new ConfigurationBuilder()
            .AddInMemoryCollection(settings.Select(setting => KeyValuePair.Create(setting.Key, (string?)setting.Value))).Build();
        builder.Services.AddClassroom<PoseAnswer, PoseTarget>("coco").UseHeatmapTask().UseSimccTask();
        builder.Services.Configure<TOptions>("coco", section);
        using var host = builder.Build();
        return host.Services.GetRequiredService<IOptionsMonitor<TOptions>>().Get("coco");
    }
}
