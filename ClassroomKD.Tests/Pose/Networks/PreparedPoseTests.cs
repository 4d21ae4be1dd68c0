using ClassroomKD.Pose;

namespace ClassroomKD.Tests.Pose.Networks;

public sealed class PreparedPoseTests
{
    private static readonly Func<PoseNetwork>[] Networks =
    [
        () => PoseNetwork.FromHeatmaps(SimpleBaseline.ResNet18(3), inputSize: (64, 96)),
        () => PoseNetwork.FromHeatmaps(HrNet.W32(3), new HeatmapCodec(HeatmapEncoding.Udp), inputSize: (64, 96)),
        () => PoseNetwork.FromSimcc(RtmPose.Tiny(3, 96, 96), new SimccCodec(64, 64, 3), inputSize: (96, 96)),
    ];

    [TestCaseSource(nameof(Networks))]
    public void A_mentor_answers_from_its_prepared_network_as_the_module_does(Func<PoseNetwork> create)
    {
        using var scope = NewDisposeScope();
        Mentor<PoseAnswer> From(MentorInference inference)
        {
            manual_seed(6);
            return new Mentor<PoseAnswer>("pose", create(), new MentorOptions { Inference = inference });
        }
        using var prepared = From(new());
        using var plain = From(new() { Prepare = false });
        using var half = From(new() { Type = ScalarType.BFloat16 });
        var images = rand(5, 3, 64, 64);
        var expected = plain.Answer(images).Tensors;
        foreach (var (actual, wanted) in prepared.Answer(images).Tensors.Zip(expected))
            actual.sub(wanted).abs().max().Number().Should().BeLessThan(1e-5 * wanted.abs().max().Number());
        foreach (var (actual, wanted) in half.Answer(images).Tensors.Zip(expected))
            actual.sub(wanted).abs().max().Number()
                .Should().BeGreaterThan(1e-5 * wanted.abs().max().Number(), "so the network was prepared in another type")
                .And.BeLessThan(0.1 * wanted.abs().max().Number());
    }

    [Test]
    public void What_describes_nothing_is_run_as_it_is()
    {
        using var scope = NewDisposeScope();
        using var mentor = new Mentor<PoseAnswer>("identity", PoseNetwork.FromHeatmaps(nn.Identity()));
        var maps = rand(2, 3, 8, 8);
        mentor.Answer(maps).Tensors[0].ShouldBeBitwiseEqual(maps, "the answer");
        var halved = new MentorOptions { Inference = new() { Type = ScalarType.BFloat16 } };
        FluentActions.Invoking(() => new Mentor<PoseAnswer>("identity", PoseNetwork.FromHeatmaps(nn.Identity()), halved))
            .Should().Throw<ArgumentException>().WithMessage("*identity*BFloat16*PoseNetwork*");
    }
}
