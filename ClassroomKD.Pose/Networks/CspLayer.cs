using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Pose;

/// <summary>Half of the channels pass through blocks and half around them; attention then weighs all channels.</summary>
internal sealed class CspLayer : NetworkModule
{
    [ComponentName(Name = "main_conv")] private readonly Sequential main;
    [ComponentName(Name = "short_conv")] private readonly Sequential beside;
    [ComponentName(Name = "final_conv")] private readonly Sequential final;
    private readonly Sequential blocks;
    private readonly ChannelAttention attention;

    public CspLayer(int channels, int blocks, bool adds)
        : base(nameof(CspLayer))
    {
        var half = channels / 2;
        (main, beside) = (PoseLayers.ConvModule(channels, half, 1), PoseLayers.ConvModule(channels, half, 1));
        final = PoseLayers.ConvModule(2 * half, channels, 1);
        this.blocks = nn.Sequential([.. Enumerable.Range(0, blocks).Select(_ => new CspNextBlock(half, adds))]);
        attention = new ChannelAttention(2 * half);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var both = ops.Concatenate([ops.Apply(blocks, ops.Apply(main, input)), ops.Apply(beside, input)], 1);
        return ops.Apply(final, ops.Apply(attention, both));
    }
}
