using ClassroomKD.Imaging;

namespace ClassroomKD.Tests.Imaging.Networks;

public sealed class ResidualBlockTests : TensorFixture
{
    [Test]
    public void Adds_its_input()
    {
        using var block = ResidualBlock.Basic(2, 2);
        block.eval();
        foreach (var (_, parameter) in block.named_parameters().Where(p => p.name.StartsWith("conv", StringComparison.Ordinal)))
            nn.init.zeros_(parameter);
        var input = randn(1, 2, 4, 4);
        block.call(input).ShouldBeBitwiseEqual(input.relu(), "nothing but the shortcut is left");
    }

    [Test]
    public void A_stage_strides_once_and_names_its_shortcuts_as_asked()
    {
        using var stage = ResidualBlock.Stage(8, 4, blocks: 2, stride: 2, bottleneck: true, shortcutName: "shortcut");
        stage.call(randn(2, 8, 6, 6)).shape.Should().Equal(2, 16, 3, 3);
        stage.named_parameters().Select(p => p.name).Should().Equal(
            "0.conv1.weight", "0.bn1.weight", "0.bn1.bias", "0.conv2.weight", "0.bn2.weight", "0.bn2.bias", "0.conv3.weight",
            "0.bn3.weight",
            "0.bn3.bias", "0.shortcut.0.weight", "0.shortcut.1.weight", "0.shortcut.1.bias", "1.conv1.weight", "1.bn1.weight", "1.bn1.bias",
            "1.conv2.weight", "1.bn2.weight", "1.bn2.bias", "1.conv3.weight", "1.bn3.weight", "1.bn3.bias");
    }
}
