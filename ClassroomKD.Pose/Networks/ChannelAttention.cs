using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>Weights each channel by a function of the channels' means.</summary>
internal sealed class ChannelAttention : NetworkModule
{
    private static readonly long[] Plane = [2, 3];

    private readonly Conv2d fc;

    public ChannelAttention(int channels)
        : base(nameof(ChannelAttention))
    {
        fc = Layers.Conv(channels, channels, 1, bias: true);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Multiply(input, ops.HardSigmoid(ops.Apply(fc, ops.Mean(input, Plane, keepDimensions: true))));
}
