using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Imaging;

/// <summary>The layers that convolutional networks are made of. The network that holds a layer disposes it.</summary>
public static class Layers
{
    private static readonly long[] Plane = [2, 3];

    /// <summary>A convolution padded so that a stride of 1 keeps the size, without a bias unless one is asked for.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The height and width of the kernel, an odd number.</param>
    /// <param name="stride">The stride. Default 1.</param>
    /// <param name="groups">The number of groups of channels. Default 1.</param>
    /// <param name="bias">Whether there is a bias. Default false: a normalization follows, which has one.</param>
    public static Conv2d Convolution(int inputs, int outputs, int kernel, int stride = 1, int groups = 1, bool bias = false) =>
        nn.Conv2d(inputs, outputs, kernel, stride, kernel / 2, groups: groups, bias: bias);

    /// <summary>A convolution with one filter per channel, without a bias.</summary>
    /// <param name="channels">The number of channels.</param>
    /// <param name="kernel">The height and width of the kernel, an odd number.</param>
    /// <param name="stride">The stride. Default 1.</param>
    public static Conv2d Depthwise(int channels, int kernel, int stride = 1) => Convolution(channels, channels, kernel, stride, channels);

    /// <summary>A convolution (<c>0</c>), its normalization (<c>1</c>) and, if given, its activation (<c>2</c>).</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="kernel">The height and width of the kernel, an odd number.</param>
    /// <param name="stride">The stride. Default 1.</param>
    /// <param name="groups">The number of groups of channels. Default 1.</param>
    /// <param name="activation">The activation. Default null: none.</param>
    public static Sequential ConvolutionNorm(
        int inputs, int outputs, int kernel, int stride = 1, int groups = 1, nn.Module<Tensor, Tensor>? activation = null)
    {
        var layers = nn.Sequential(Convolution(inputs, outputs, kernel, stride, groups), new BatchNormalization(outputs));
        return activation is null ? layers : layers.append(activation);
    }

    /// <summary>A ReLU that overwrites its input: for use after a normalization, whose gradient does not need its output.</summary>
    public static ReLU Relu() => nn.ReLU(inplace: true);

    /// <summary>A ReLU6 that overwrites its input, as <see cref="Relu"/> does.</summary>
    public static ReLU6 Relu6() => nn.ReLU6(inplace: true);

    /// <summary>The mean of each channel of <c>[B, C, H, W]</c>.</summary>
    /// <typeparam name="TValue">What stands for a tensor.</typeparam>
    /// <param name="ops">The operations.</param>
    /// <param name="x">A value <c>[B, C, H, W]</c>.</param>
    /// <param name="keepDimensions">Whether the result is <c>[B, C, 1, 1]</c>. Default false: <c>[B, C]</c>.</param>
    public static TValue MeanOverPlane<TValue>(this INetworkOperations<TValue> ops, TValue x, bool keepDimensions = false)
    {
        ArgumentNullException.ThrowIfNull(ops);
        return ops.Mean(x, Plane, keepDimensions);
    }
}
