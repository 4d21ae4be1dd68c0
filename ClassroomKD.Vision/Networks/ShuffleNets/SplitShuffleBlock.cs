using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>ShuffleNetV2's block: half of the channels are filtered, then all are shuffled.</summary>
/// <remarks>Field names are the parameter names of the CRD zoo.</remarks>
internal sealed class SplitShuffleBlock : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly ChannelShuffle shuffle;
    private readonly int half;

    public SplitShuffleBlock(int channels)
        : base(nameof(SplitShuffleBlock))
    {
        half = channels / 2;
        (conv1, bn1) = (Layers.Convolution(half, half, 1), new BatchNormalization(half));
        (conv2, bn2) = (Layers.Depthwise(half, 3, 1), new BatchNormalization(half));
        (conv3, bn3) = (Layers.Convolution(half, half, 1), new BatchNormalization(half));
        shuffle = nn.ChannelShuffle(2);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var passing = ops.Narrow(input, 1, 0, half);
        var hidden = ops.Narrow(input, 1, half, half);
        hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, hidden)), overwrite: true);
        hidden = ops.Apply(bn2, ops.Apply(conv2, hidden));
        hidden = ops.Relu(ops.Apply(bn3, ops.Apply(conv3, hidden)), overwrite: true);
        return ops.Apply(shuffle, ops.Concatenate([passing, hidden], 1));
    }
}
