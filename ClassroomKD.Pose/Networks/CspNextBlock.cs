using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>A 3x3 and a depthwise 5x5 convolution.</summary>
internal sealed class CspNextBlock : NetworkModule
{
    private readonly Sequential conv1;
    private readonly Sequential conv2;
    private readonly bool adds;

    public CspNextBlock(int channels, bool adds)
        : base(nameof(CspNextBlock))
    {
        conv1 = PoseLayers.ConvModule(channels, channels, 3);
        conv2 = nn.Sequential(
            ("depthwise_conv", PoseLayers.ConvModule(channels, channels, 5, groups: channels)),
            ("pointwise_conv", PoseLayers.ConvModule(channels, channels, 1)));
        this.adds = adds;
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var x = ops.Apply(conv2, ops.Apply(conv1, input));
        return adds ? ops.Add(x, input, overwrite: true) : x;
    }
}
