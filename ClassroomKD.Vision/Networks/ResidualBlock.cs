using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>The basic block: two 3x3 convolutions beside a shortcut, which is a strided 1x1 convolution where the shape changes.</summary>
/// <remarks>Field names are the parameter names of the public checkpoints.</remarks>
internal sealed class ResidualBlock : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential? downsample;

    public ResidualBlock(int inputs, int outputs, int stride)
        : base(nameof(ResidualBlock))
    {
        conv1 = nn.Conv2d(inputs, outputs, kernel_size: 3, stride: stride, padding: 1, bias: false);
        bn1 = new BatchNormalization(outputs);
        conv2 = nn.Conv2d(outputs, outputs, kernel_size: 3, padding: 1, bias: false);
        bn2 = new BatchNormalization(outputs);
        if (stride != 1 || inputs != outputs)
            downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, kernel_size: 1, stride: stride, bias: false),
                new BatchNormalization(outputs));
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        var residual = ops.Apply(bn2, ops.Apply(conv2, hidden));
        var shortcut = downsample is null ? input : ops.Apply(downsample, input);
        return ops.Relu(ops.Add(residual, shortcut, overwrite: true), overwrite: true);
    }
}
