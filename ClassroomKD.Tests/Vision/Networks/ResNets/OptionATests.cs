using ClassroomKD.Imaging;
using ClassroomKD.Tests.Vision.Data;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Networks;

/// <summary>ResNets with the paper's own shortcuts, which have no parameters.</summary>
public sealed class OptionATests : TensorFixture
{
    /// <summary>Accuracies that Python's PyTorch measured with the same files on the same images.</summary>
    [TestCase("resnet20_a", "resnet20-12fca82f.th", 81.35)]
    [TestCase("resnet32_a", "resnet32-d509ac18.th", 83.80)]
    [TestCase("resnet44_a", "resnet44-014dd654.th", 82.20)]
    [TestCase("resnet56_a", "resnet56-4bfd9763.th", 83.15)]
    public void Networks_that_strangers_trained_load_by_name_and_know_what_they_knew(string name, string file, double accuracy)
    {
        var path = Path.Combine(RealData.Folder("mentors-cifar10"), file);
        using var test = CifarReader.Open(RealData.Folder("cifar-10-12k")).ReadTest();

        using var network = VisionNetworks.Create(name, 10);
        network.LoadWeights(path);
        using var mentor = new Mentor(name, network);

        long right = 0;
        for (var first = 0; first < test.Count; first += 500)
        {
            using var scope = NewDisposeScope();
            var images = Normalization.ImageNet.Apply(test.Images[first..(first + 500)]);
            right += (long)mentor.Answer(images).argmax(1).eq(test.Labels[first..(first + 500)]).sum().Number();
        }

        test.Count.Should().Be(2000);
        (100.0 * right / test.Count).Should().BeApproximately(accuracy, 0.001);
    }

    [TestCase(ResidualShortcut.ZeroPadding, 1)]
    [TestCase(ResidualShortcut.ZeroPaddingBehind, 0)]
    public void The_shortcut_takes_every_second_pixel_and_adds_channels_of_zeros(ResidualShortcut shortcut, int before)
    {
        using var block = ResidualBlock.Basic(2, 5, stride: 2, shortcut: shortcut);
        using var free = no_grad();
        foreach (var (name, parameter) in block.named_parameters())
            if (name.StartsWith("bn2", StringComparison.Ordinal))
                parameter.zero_();
        var x = rand(3, 2, 5, 7);

        var y = block.call(x);

        y.shape.Should().Equal(3, 5, 3, 4);
        y[.., before..(before + 2)].ShouldBeBitwiseEqual(x[.., .., TensorIndex.Slice(step: 2), TensorIndex.Slice(step: 2)], "pixels");
        y.count_nonzero().Number().Should().Be(y[.., before..(before + 2)].count_nonzero().Number(), "the rest is zero");
        block.named_parameters().Select(parameter => parameter.name).Should().NotContain(name => name.Contains("downsample"));
    }

    [Test]
    public void Padding_cannot_take_channels_away() =>
        FluentActions.Invoking(() => new CifarResNet(8, 10, [16, 8, 16, 32], ResidualShortcut.ZeroPadding))
            .Should().Throw<ArgumentOutOfRangeException>().WithParameterName("outputs");
}
