using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>ShuffleNetV2's first block of a stage: two branches of all channels, which halve the plane.</summary>
/// <remarks>Field names are the parameter names of the CRD zoo; 1 and 2 are the left branch.</remarks>
internal sealed class SplitShuffleReduction : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly Conv2d conv4;
    private readonly BatchNormalization bn4;
    private readonly Conv2d conv5;
    private readonly BatchNormalization bn5;
    private readonly ChannelShuffle shuffle;

    public SplitShuffleReduction(int inputs, int outputs)
        : base(nameof(SplitShuffleReduction))
    {
        var half = outputs / 2;
        (conv1, bn1) = (Layers.Depthwise(inputs, 3, 2), new BatchNormalization(inputs));
        (conv2, bn2) = (Layers.Convolution(inputs, half, 1), new BatchNormalization(half));
        (conv3, bn3) = (Layers.Convolution(inputs, half, 1), new BatchNormalization(half));
        (conv4, bn4) = (Layers.Depthwise(half, 3, 2), new BatchNormalization(half));
        (conv5, bn5) = (Layers.Convolution(half, half, 1), new BatchNormalization(half));
        shuffle = nn.ChannelShuffle(2);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var left = ops.Apply(bn1, ops.Apply(conv1, input));
        left = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, left)), overwrite: true);
        var right = ops.Relu(ops.Apply(bn3, ops.Apply(conv3, input)), overwrite: true);
        right = ops.Apply(bn4, ops.Apply(conv4, right));
        right = ops.Relu(ops.Apply(bn5, ops.Apply(conv5, right)), overwrite: true);
        return ops.Apply(shuffle, ops.Concatenate([left, right], 1));
    }
}
