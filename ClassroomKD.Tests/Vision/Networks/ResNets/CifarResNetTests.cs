using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Networks;

public sealed class CifarResNetTests : TensorFixture
{
    [Test]
    public void Names_its_parameters_like_the_public_checkpoints()
    {
        using var network = new CifarResNet(8, 100);
        string[] batchNorm = ["weight", "bias", "running_mean", "running_var", "num_batches_tracked"];
        string[] Norm(string at) => [.. batchNorm.Select(name => $"{at}.{name}")];
        string[] expected =
        [
            "conv1.weight", .. Norm("bn1"),
            "layer1.0.conv1.weight", .. Norm("layer1.0.bn1"), "layer1.0.conv2.weight", .. Norm("layer1.0.bn2"),
            "layer2.0.conv1.weight", .. Norm("layer2.0.bn1"), "layer2.0.conv2.weight", .. Norm("layer2.0.bn2"),
            "layer2.0.downsample.0.weight", .. Norm("layer2.0.downsample.1"),
            "layer3.0.conv1.weight", .. Norm("layer3.0.bn1"), "layer3.0.conv2.weight", .. Norm("layer3.0.bn2"),
            "layer3.0.downsample.0.weight", .. Norm("layer3.0.downsample.1"),
            "fc.weight", "fc.bias",
        ];
        network.state_dict().Keys.Should().BeEquivalentTo(expected);
    }

    [Test]
    public void Wider_first_stages_have_a_shortcut_too()
    {
        using var network = VisionNetworks.Create("resnet8x4", 100);
        network.state_dict()["layer1.0.downsample.0.weight"].shape.Should().Equal(64, 32, 1, 1);
        network.state_dict().Keys.Should().NotContain("layer1.1.conv1.weight");
    }

    [TestCase(32)]
    [TestCase(20)]
    public void Answers_with_logits(int side)
    {
        using var network = new CifarResNet(14, 7, width: 4);
        network.call(randn(3, 3, side, side)).shape.Should().Equal(3, 7);
    }

    [Test]
    public void Halves_the_plane_twice_and_averages_it()
    {
        using var network = new CifarResNet(8, 5, [2, 3, 4, 6]);
        network.eval();
        var shapes = new List<long[]>();
        foreach (var (_, stage) in network.named_children().Where(child => child.name.StartsWith("layer", StringComparison.Ordinal)))
            ((nn.Module<Tensor, Tensor>)stage).register_forward_hook((_, _, output) =>
            {
                shapes.Add(output.shape);
                return output;
            });
        using (no_grad())
            network.call(randn(2, 3, 32, 32));
        shapes.Should().BeEquivalentTo(
            new long[][] { [2, 3, 32, 32], [2, 4, 16, 16], [2, 6, 8, 8] }, options => options.WithStrictOrdering());
    }

    [Test]
    public void Convolutions_start_with_the_variance_of_their_fan_out()
    {
        manual_seed(3);
        using var network = new CifarResNet(20, 10);
        var weight = network.state_dict()["layer3.1.conv1.weight"];
        weight.var().item<float>().Should().BeApproximately(2f / (64 * 9), 0.05f * 2f / (64 * 9));
        weight.mean().item<float>().Should().BeApproximately(0, 0.002f);
    }

    [Test]
    public void Batch_norm_trains_and_evaluates_like_torchsharps()
    {
        using var ours = new ClassroomKD.Networks.BatchNormalization(3);
        using var theirs = nn.BatchNorm2d(3);
        for (var step = 0; step < 3; step++)
        {
            var input = randn(4, 3, 5, 5) * (step + 1) + step;
            ours.call(input).ShouldBeBitwiseEqual(theirs.call(input), $"training, step {step}");
        }
        foreach (var (name, tensor) in theirs.state_dict())
            ours.state_dict()[name].ShouldBeBitwiseEqual(tensor, name);
        ours.eval();
        theirs.eval();
        var last = randn(4, 3, 5, 5);
        ours.call(last).ShouldBeBitwiseEqual(theirs.call(last), "evaluation");
    }

    [Test]
    public void Saves_and_loads()
    {
        var file = Path.GetTempFileName();
        try
        {
            using var saved = new CifarResNet(8, 4, width: 4);
            saved.train();
            saved.call(randn(8, 3, 32, 32));
            saved.save(file);
            using var loaded = new CifarResNet(8, 4, width: 4);
            loaded.load(file);
            saved.eval();
            loaded.eval();
            var input = randn(2, 3, 32, 32);
            loaded.call(input).ShouldBeBitwiseEqual(saved.call(input), "the same network");
        }
        finally
        {
            File.Delete(file);
        }
    }

    [Test]
    public void Changes_its_type_with_all_its_statistics()
    {
        using var network = new CifarResNet(8, 4, width: 4);
        network.to(ScalarType.Float64);
        network.call(randn([2, 3, 32, 32], ScalarType.Float64)).dtype.Should().Be(ScalarType.Float64);
        network.state_dict()["bn1.num_batches_tracked"].item<long>().Should().Be(1);
        network.state_dict()["bn1.running_var"].dtype.Should().Be(ScalarType.Float64);
    }

    [Test]
    public void Outlives_the_scope_it_was_made_in()
    {
        CifarResNet network;
        using (NewDisposeScope())
            network = new CifarResNet(8, 4, width: 4);
        using (network)
            network.call(randn(2, 3, 32, 32)).shape.Should().Equal(2, 4);
    }

    [Test]
    public void Leaves_nothing_behind_after_a_training_step()
    {
        using var network = new CifarResNet(8, 4, width: 4);
        var resident = LiveTensors.Settled();
        for (var step = 0; step < 3; step++)
        {
            using (NewDisposeScope())
            {
                var input = randn(2, 3, 32, 32);
                var output = network.call(input);
                Tensor.TotalCount.Should().Be(resident + 2, "only input and output are new");
                output.sum().backward();
                network.zero_grad();
            }
            Tensor.TotalCount.Should().Be(resident);
        }
    }

    [Test]
    public void Refuses_what_is_no_such_network()
    {
        FluentActions.Invoking(() => new CifarResNet(18, 10)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*6n+2*");
        FluentActions.Invoking(() => new CifarResNet(8, 0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new CifarResNet(8, 10, [16, 32, 64]))
            .Should().Throw<ArgumentException>().WithMessage("*four widths*found 3*");
    }
}
