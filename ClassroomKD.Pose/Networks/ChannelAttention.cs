using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>Weighs each channel by a function of the channels' means.</summary>
internal sealed class ChannelAttention : NetworkModule
{
    private readonly Conv2d fc;

    public ChannelAttention(int channels)
        : base(nameof(ChannelAttention))
    {
        fc = Layers.Convolution(channels, channels, 1, bias: true);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Multiply(input, ops.HardSigmoid(ops.Apply(fc, ops.MeanOverPlane(input, keepDimensions: true))));
}
