using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>ResNet's block of 1x1, 3x3 and 1x1 convolutions; it answers with four times its filters.</summary>
internal sealed class Bottleneck : NetworkModule
{
    public const int Expansion = 4;

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly Sequential? downsample;

    public Bottleneck(int channels, int filters, int stride = 1)
        : base(nameof(Bottleneck))
    {
        var wide = filters * Expansion;
        (conv1, bn1) = (Layers.Conv(channels, filters, 1), new BatchNormalization(filters));
        (conv2, bn2) = (Layers.Conv(filters, filters, 3, stride), new BatchNormalization(filters));
        (conv3, bn3) = (Layers.Conv(filters, wide, 1), new BatchNormalization(wide));
        downsample = stride == 1 && channels == wide ? null : Layers.ConvNorm(channels, wide, 1, stride);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        hidden = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, hidden)), overwrite: true);
        var residual = ops.Apply(bn3, ops.Apply(conv3, hidden));
        var beside = downsample is null ? input : ops.Apply(downsample, input);
        return ops.Relu(ops.Add(residual, beside, overwrite: true), overwrite: true);
    }
}
