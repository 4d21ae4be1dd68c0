using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>The basic block: two 3x3 convolutions beside a shortcut, which is a strided 1x1 convolution where the shape changes.</summary>
/// <remarks>Field names are the parameter names of the public checkpoints, which call the shortcut by two names.</remarks>
internal sealed class ResidualBlock : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential? downsample;
    private readonly Sequential? shortcut;

    public ResidualBlock(int inputs, int outputs, int stride, ShortcutName name = ShortcutName.Downsample)
        : base(nameof(ResidualBlock))
    {
        conv1 = Layers.Convolution(inputs, outputs, 3, stride);
        bn1 = new BatchNormalization(outputs);
        conv2 = Layers.Convolution(outputs, outputs, 3);
        bn2 = new BatchNormalization(outputs);
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
        var residual = ops.Apply(bn2, ops.Apply(conv2, hidden));
        var beside = (downsample ?? shortcut) is { } projection ? ops.Apply(projection, input) : input;
        return ops.Relu(ops.Add(residual, beside, overwrite: true), overwrite: true);
    }
}
