using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>The pieces that every family is made of.</summary>
internal static class Layers
{
    public const int ChannelsOfImages = 3;

    /// <summary>The dimensions of the plane in <c>[B, C, H, W]</c>.</summary>
    public static readonly long[] Plane = [2, 3];

    /// <summary>A convolution without bias, padded so that stride 1 keeps the size.</summary>
    public static Conv2d Convolution(int inputs, int outputs, int kernel, int stride = 1, int groups = 1) =>
        nn.Conv2d(inputs, outputs, kernel, stride, kernel / 2, groups: groups, bias: false);

    /// <summary>One filter per channel.</summary>
    public static Conv2d Depthwise(int channels, int kernel, int stride) => Convolution(channels, channels, kernel, stride, channels);

    /// <summary>A convolution (<c>0</c>), its normalisation (<c>1</c>), and what follows (<c>2</c>).</summary>
    public static Sequential ConvolutionNorm(
        int inputs, int outputs, int kernel, int stride = 1, int groups = 1, nn.Module<Tensor, Tensor>? activation = null)
    {
        var layers = nn.Sequential(Convolution(inputs, outputs, kernel, stride, groups), new BatchNormalization(outputs));
        return activation is null ? layers : layers.append(activation);
    }

    // A normalisation's output is nobody else's, so that these may overwrite it. SiLU's gradient needs its input.
    public static ReLU Relu() => nn.ReLU(inplace: true);

    public static ReLU6 Relu6() => nn.ReLU6(inplace: true);

    public static SiLU Silu() => nn.SiLU();

    /// <summary>As many channels as asked for, in multiples of 8, and never less than nine tenths (the MobileNets' rule).</summary>
    public static int RoundChannels(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
