using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>
/// ShuffleNet's block (Zhang et al., "ShuffleNet", CVPR 2018, figure 1): a bottleneck of grouped 1x1 convolutions with a shuffle between
/// them, added to its input, or joined with the pooled input where the plane is halved.
/// </summary>
/// <remarks>Field names are the parameter names of the CRD zoo.</remarks>
internal sealed class GroupShuffleBlock : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Conv2d conv3;
    private readonly BatchNormalization bn3;
    private readonly AvgPool2d? pool;
    private readonly ChannelShuffle? shuffle;

    public GroupShuffleBlock(int inputs, int outputs, int stride, int groupsIn, int groupsOut)
        : base(nameof(GroupShuffleBlock))
    {
        var middle = outputs / 4;
        (conv1, bn1) = (Layers.Convolution(inputs, middle, 1, groups: groupsIn), new BatchNormalization(middle));
        (conv2, bn2) = (Layers.Depthwise(middle, 3, stride), new BatchNormalization(middle));
        (conv3, bn3) = (Layers.Convolution(middle, outputs, 1, groups: groupsOut), new BatchNormalization(outputs));
        shuffle = groupsIn == 1 ? null : nn.ChannelShuffle(groupsIn);
        pool = stride == 1 ? null : nn.AvgPool2d(3, 2, 1);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var hidden = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        hidden = shuffle is null ? hidden : ops.Apply(shuffle, hidden);
        hidden = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, hidden)), overwrite: true);
        var own = ops.Apply(bn3, ops.Apply(conv3, hidden));
        var joined = pool is null ? ops.Add(own, input, overwrite: true) : ops.Concatenate([own, ops.Apply(pool, input)], 1);
        return ops.Relu(joined, overwrite: true);
    }
}
