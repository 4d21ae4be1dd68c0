using TorchSharp.Modules;

namespace ClassroomKD.Imaging;

/// <summary>MobileNetV2's features (Sandler et al., CVPR 2018, table 2), <c>[B, 3, H, W]</c> to <c>[B, 1280, H/32, W/32]</c>.</summary>
public static class MobileNetV2Backbone
{
    /// <summary>The number of channels of the features.</summary>
    public const int Channels = 1280;

    /// <summary>The stages: the expansion, output channels and number of their blocks, and the stride of the first.</summary>
    public static IReadOnlyList<(int Expansion, int Channels, int Blocks, int Stride)> Stages { get; } =
        [(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)];

    /// <summary>Builds the features with TorchSharp's default weights.</summary>
    /// <param name="block">
    /// Makes a block of inputs, outputs, stride and expansion, as <see cref="InvertedResidual.Torchvision"/> does.
    /// </param>
    public static Sequential Create(Func<int, int, int, int, InvertedResidual> block)
    {
        ArgumentNullException.ThrowIfNull(block);
        var channels = 32;
        var features = nn.Sequential(Layers.ConvolutionNorm(RgbImage.Planes, channels, 3, 2, activation: Layers.Relu6()));
        foreach (var stage in Stages)
        {
            for (var i = 0; i < stage.Blocks; i++)
            {
                features.append(block(channels, stage.Channels, i == 0 ? stage.Stride : 1, stage.Expansion));
                channels = stage.Channels;
            }
        }
        return features.append(Layers.ConvolutionNorm(channels, Channels, 1, activation: Layers.Relu6()));
    }
}
