using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>ResNet's block of two 3x3 convolutions (arXiv 1512.03385).</summary>
internal sealed class BasicBlock : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential? downsample;

    public BasicBlock(int channels, int filters, int stride = 1)
        : base(nameof(BasicBlock))
    {
        (conv1, bn1) = (Layers.Conv(channels, filters, 3, stride), new BatchNormalization(filters));
        (conv2, bn2) = (Layers.Conv(filters, filters, 3), new BatchNormalization(filters));
        downsample = stride == 1 && channels == filters ? null : Layers.ConvNorm(channels, filters, 1, stride);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        var residual = ops.Apply(bn2, ops.Apply(conv2, hidden));
        var beside = downsample is null ? input : ops.Apply(downsample, input);
        return ops.Relu(ops.Add(residual, beside, overwrite: true), overwrite: true);
    }
}
