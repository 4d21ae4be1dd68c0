using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>The bottleneck block: 1x1, (strided) 3x3 and 1x1 convolutions beside a shortcut; it answers with four times its width.</summary>
/// <remarks>Field names are the parameter names of the public checkpoints, which call the shortcut by two names.</remarks>
internal sealed class BottleneckBlock : NetworkModule
{
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly Sequential? downsample;
    private readonly Sequential? shortcut;

    public BottleneckBlock(int inputs, int width, int stride, ShortcutName name)
        : base(nameof(BottleneckBlock))
    {
        var outputs = width * Expansion;
        conv1 = Layers.Convolution(inputs, width, 1);
        bn1 = new BatchNormalization(width);
        conv2 = Layers.Convolution(width, width, 3, stride);
        bn2 = new BatchNormalization(width);
        conv3 = Layers.Convolution(width, outputs, 1);
        bn3 = new BatchNormalization(outputs);
        if (stride != 1 || inputs != outputs)
        {
            var projection = Layers.ConvolutionNorm(inputs, outputs, 1, stride);
            (downsample, shortcut) = name == ShortcutName.Downsample ? (projection, (Sequential?)null) : (null, projection);
        }
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        hidden = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, hidden)), overwrite: true);
        var residual = ops.Apply(bn3, ops.Apply(conv3, hidden));
        var beside = (downsample ?? shortcut) is { } projection ? ops.Apply(projection, input) : input;
        return ops.Relu(ops.Add(residual, beside, overwrite: true), overwrite: true);
    }
}
