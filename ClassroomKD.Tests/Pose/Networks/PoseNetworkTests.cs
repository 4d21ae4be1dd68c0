using ClassroomKD.Pose;
using FluentAssertions;
using NUnit.Framework;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Tests.Pose.Networks;

public sealed class PoseNetworkTests
{
    private static readonly TestCaseData[] Networks =
    [
        Case("SimpleBaseline R18", () => SimpleBaseline.ResNet18(), 15_376_721),
        Case("SimpleBaseline R34", () => SimpleBaseline.ResNet34(), 25_484_881),
        Case("SimpleBaseline R50", () => SimpleBaseline.ResNet50(), 33_999_697),
        Case("SimpleBaseline R50 MPII", () => SimpleBaseline.ResNet50(16), 33_999_440),
        Case("SimpleBaseline R101", () => SimpleBaseline.ResNet101(), 52_991_825),
        Case("SimpleBaseline R152", () => SimpleBaseline.ResNet152(), 68_635_473),
        Case("SimpleBaseline MobileNetV2", () => SimpleBaseline.MobileNetV2(), 9_569_809),
        Case("HRNet W32", () => HrNet.W32(), 28_536_113),
        Case("HRNet W32 MPII", () => HrNet.W32(16), 28_536_080),
        Case("HRNet W48", () => HrNet.W48(), 63_595_745),
        Case("RTMPose t", () => RtmPose.Tiny(), 3_337_007),
        Case("RTMPose s", () => RtmPose.Small(), 5_473_251),
        Case("RTMPose m", () => RtmPose.Medium(), 13_587_611),
        Case("RTMPose l", () => RtmPose.Large(), 27_660_339),
    ];

    [TestCaseSource(nameof(Networks))]
    public void Has_the_published_number_of_parameters(Func<nn.Module> create, long parameters)
    {
        using var network = create();
        network.parameters().Sum(parameter => parameter.numel()).Should().Be(parameters);
    }

    [Test]
    public void Heatmap_networks_answer_at_a_quarter_of_the_size()
    {
        nn.Module<Tensor, Tensor>[] networks =
            [SimpleBaseline.ResNet18(), SimpleBaseline.ResNet50(16), SimpleBaseline.MobileNetV2(), HrNet.W32(5)];
        long[] joints = [17, 16, 17, 5];
        for (var i = 0; i < networks.Length; i++)
        {
            using var network = networks[i];
            using var scope = NewDisposeScope();
            using var free = no_grad();
            network.eval();
            var images = rand(2, 3, 64, 32);
            var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
            network.call(images).shape.Should().Equal(2, joints[i], 16, 8);
            (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).Should().Be(1, "forward keeps only its answer");
            FluentActions.Invoking(() => network.call(rand(1, 3, 60, 32)))
                .Should().Throw<ArgumentException>().WithMessage("Expected images*multiples of 32*60, 32*");
        }
    }

    [Test]
    public void RtmPose_answers_with_two_bins_per_pixel()
    {
        using var network = RtmPose.Tiny(joints: 16, width: 64, height: 96);
        using var scope = NewDisposeScope();
        network.eval();
        using var free = no_grad();
        var before = DisposeScopeManager.Statistics.ThreadTotalLiveCount;
        var images = rand(2, 3, 96, 64);
        var answer = network.call(images);
        answer.X.shape.Should().Equal(2, 16, 128);
        answer.Y.shape.Should().Equal(2, 16, 192);
        (DisposeScopeManager.Statistics.ThreadTotalLiveCount - before).Should().Be(3, "forward keeps only its answer");
        new SimccCodec(64, 96).Decode(answer).Positions.shape.Should().Equal(2, 16, 2);
        FluentActions.Invoking(() => network.call(rand(1, 3, 64, 64)))
            .Should().Throw<ArgumentException>().WithMessage("Expected images [B, 3, 96, 64]*");
        FluentActions.Invoking(() => RtmPose.Tiny(width: 100)).Should().Throw<ArgumentException>().WithMessage("*100x256*");
    }

    [Test]
    public void Every_parameter_learns_and_batches_are_counted()
    {
        using var heatmaps = HrNet.W32(3);
        using var bins = RtmPose.Tiny(3, 64, 64);
        using var mobile = SimpleBaseline.MobileNetV2(3);
        using var scope = NewDisposeScope();
        var images = rand(2, 3, 64, 64);
        heatmaps.call(images).square().sum().backward();
        mobile.call(images).square().sum().backward();
        var answer = bins.call(images);
        answer.X.square().sum().add(answer.Y.square().sum(), Scalars.One).backward();

        foreach (var network in new nn.Module[] { heatmaps, bins, mobile })
        {
            network.named_parameters().Where(p => p.parameter.grad is null || !p.parameter.grad.isfinite().all().item<bool>())
                .Select(p => p.name).Should().BeEmpty();
            network.named_buffers().Where(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                .Should().OnlyContain(b => b.buffer.item<long>() == 1);
        }
    }

    [Test]
    public void Parameters_have_the_published_names()
    {
        using var baseline = SimpleBaseline.ResNet18();
        using var hrnet = HrNet.W32();
        using var rtmpose = RtmPose.Tiny();
        baseline.state_dict().Keys
            .Should().Contain(["conv1.weight", "layer2.0.downsample.0.weight", "deconv_layers.0.weight", "final_layer.bias"]);
        hrnet.state_dict().Keys.Should().Contain(
            [
                "layer1.0.downsample.1.running_var", "transition1.1.0.0.weight", "stage2.0.branches.1.3.bn2.bias",
                "stage3.2.fuse_layers.2.0.1.1.weight", "stage4.2.fuse_layers.0.3.0.weight",
            ]);
        rtmpose.state_dict().Keys.Should().Contain(
            [
                "backbone.stem.0.conv.weight", "backbone.stage4.1.conv2.bn.weight",
                "backbone.stage1.1.blocks.0.conv2.depthwise_conv.conv.weight", "head.gau.gamma", "head.mlp.0.g",
            ]);
        FluentActions.Invoking(() => HrNet.W48(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static TestCaseData Case(string name, Func<nn.Module> create, long parameters) =>
        new TestCaseData(create, parameters).SetArgDisplayNames(name);
}
