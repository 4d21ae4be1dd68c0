using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Imaging;

/// <summary>
/// A block of ResNet (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016): convolutions beside a shortcut, which is a
/// strided 1x1 convolution, or zero padding, where the shape changes.
/// </summary>
/// <remarks>
/// Parameters are named as in the public checkpoints: <c>conv1</c>, <c>bn1</c>, <c>conv2</c>, ... and, for the shortcut, <c>downsample</c>
/// (torchvision, and the CRD zoo's networks of 6n+2 layers) or <c>shortcut</c> (the CRD zoo's ResNet-18 to -50).
/// </remarks>
public sealed class ResidualBlock : NetworkModule
{
    /// <summary>How many times its width a bottleneck puts out.</summary>
    public const int Expansion = 4;

    private readonly (Conv2d Convolution, BatchNormalization Normalization)[] layers;
    private readonly nn.Module<Tensor, Tensor>[] shortcut;
    private readonly int inputs;
    private readonly int zeros; // channels that the shortcut adds
    private readonly int zerosBefore;

    // Registered by hand and held in arrays, because the shortcut's name is the caller's choice.
    private ResidualBlock(
        int inputs, int stride, string shortcutName, ResidualShortcut kind, params (int Outputs, int Kernel, int Stride)[] shapes)
        : base(nameof(ResidualBlock))
    {
        var (channels, outputs) = (inputs, shapes[^1].Outputs);
        layers = new (Conv2d, BatchNormalization)[shapes.Length];
        for (var i = 0; i < shapes.Length; i++)
        {
            layers[i] = (Layers.Convolution(channels, shapes[i].Outputs, shapes[i].Kernel, shapes[i].Stride), new(shapes[i].Outputs));
            register_module($"conv{i + 1}", layers[i].Convolution);
            register_module($"bn{i + 1}", layers[i].Normalization);
            channels = shapes[i].Outputs;
        }
        this.inputs = inputs;
        if (kind != ResidualShortcut.Convolution)
        {
            zeros = outputs - inputs;
            ArgumentOutOfRangeException.ThrowIfNegative(zeros, nameof(outputs));
            zerosBefore = kind == ResidualShortcut.ZeroPadding ? zeros / 2 : 0;
            // With a window of one pixel it takes every stride-th.
            shortcut = stride == 1 ? [] : [nn.MaxPool2d(1, stride)];
        }
        else
            shortcut = stride == 1 && inputs == outputs ? [] : [Layers.ConvolutionNorm(inputs, outputs, 1, stride)];
        foreach (var projection in shortcut)
            register_module(shortcutName, projection);
    }

    /// <summary>The basic block: two 3x3 convolutions.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="stride">The stride of the first convolution. Default 1.</param>
    /// <param name="shortcutName">The shortcut's name among the parameters. Default <c>downsample</c>.</param>
    /// <param name="shortcut">How the shortcut changes the shape. Default: by a convolution.</param>
    /// <exception cref="ArgumentOutOfRangeException">Zero padding is to give fewer channels than there are.</exception>
    public static ResidualBlock Basic(
        int inputs, int outputs, int stride = 1, string shortcutName = "downsample",
        ResidualShortcut shortcut = ResidualShortcut.Convolution) =>
        new(inputs, stride, shortcutName, shortcut, (outputs, 3, stride), (outputs, 3, 1));

    /// <summary>The bottleneck: 1x1, 3x3 and 1x1 convolutions, which put out <see cref="Expansion"/> times the width.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="width">The number of channels within.</param>
    /// <param name="stride">The stride of the 3x3 convolution. Default 1.</param>
    /// <param name="shortcutName">The shortcut's name among the parameters. Default <c>downsample</c>.</param>
    public static ResidualBlock Bottleneck(int inputs, int width, int stride = 1, string shortcutName = "downsample") =>
        new(inputs, stride, shortcutName, ResidualShortcut.Convolution, (width, 1, 1), (width, 3, stride), (width * Expansion, 1, 1));

    /// <summary>A stage of a residual network: blocks of one width, of which the first has the stride.</summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="width">The width of each block; a stage of bottlenecks puts out <see cref="Expansion"/> times as many channels.</param>
    /// <param name="blocks">The number of blocks, at least 1.</param>
    /// <param name="stride">The stride of the first block. Default 1.</param>
    /// <param name="bottleneck">Whether the blocks are bottlenecks. Default false: basic blocks.</param>
    /// <param name="shortcutName">The shortcuts' name among the parameters. Default <c>downsample</c>.</param>
    /// <param name="shortcut">How the shortcuts of basic blocks change the shape. Default: by a convolution.</param>
    public static Sequential Stage(
        int inputs, int width, int blocks, int stride = 1, bool bottleneck = false, string shortcutName = "downsample",
        ResidualShortcut shortcut = ResidualShortcut.Convolution)
    {
        var (stage, outputs) = (nn.Sequential(), bottleneck ? width * Expansion : width);
        for (var i = 0; i < blocks; i++)
        {
            var (channels, step) = i == 0 ? (inputs, stride) : (outputs, 1);
            stage.append(
                bottleneck ? Bottleneck(channels, width, step, shortcutName) : Basic(channels, width, step, shortcutName, shortcut));
        }
        return stage;
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        ArgumentNullException.ThrowIfNull(ops);
        var x = input;
        foreach (var (convolution, normalization) in layers[..^1])
            x = ops.Relu(ops.Apply(normalization, ops.Apply(convolution, x)), overwrite: true);
        x = ops.Apply(layers[^1].Normalization, ops.Apply(layers[^1].Convolution, x));
        var beside = shortcut.Aggregate(input, (value, projection) => ops.Apply(projection, value));
        if (zeros > 0)
            beside = ops.Pad(beside, 1, zeros);
        if (zerosBefore > 0)
            beside = ops.Concatenate(
                [ops.Narrow(beside, 1, inputs, zerosBefore), ops.Narrow(beside, 1, 0, inputs + zeros - zerosBefore)], 1);
        return ops.Relu(ops.Add(x, beside, overwrite: true), overwrite: true);
    }
}
