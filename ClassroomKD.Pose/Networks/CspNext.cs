using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>CSPNeXt (arXiv 2212.07784), the backbone of RTMPose: from images to features at 1/32 of their size.</summary>
internal static class CspNext
{
    private static readonly (int Filters, int Blocks, bool Adds, bool Pools)[] s_stages =
        [(128, 3, true, false), (256, 6, true, false), (512, 6, true, false), (1024, 3, false, true)];

    public static Sequential Create(double depth, double width)
    {
        int Wide(int channels) => (int)(channels * width);
        var channels = Wide(64);
        var stem = nn.Sequential(
            Layers.ConvModule(3, channels / 2, 3, 2), Layers.ConvModule(channels / 2, channels / 2, 3), Layers.ConvModule(channels / 2, channels, 3));
        var parts = new List<(string, nn.Module<Tensor, Tensor>)> { ("stem", stem) };
        foreach (var (filters, blocks, adds, pools) in s_stages)
        {
            var layers = new List<nn.Module<Tensor, Tensor>> { Layers.ConvModule(channels, Wide(filters), 3, 2) };
            if (pools)
                layers.Add(new SpatialPyramid(Wide(filters)));
            layers.Add(new CspLayer(Wide(filters), Math.Max((int)Math.Round(blocks * depth), 1), adds));
            parts.Add(($"stage{parts.Count}", nn.Sequential([.. layers])));
            channels = Wide(filters);
        }
        return nn.Sequential([.. parts]);
    }
}

/// <summary>Half of the channels pass through blocks, the other half by; then all are weighted by what they hold.</summary>
internal sealed class CspLayer : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "main_conv")] private readonly Sequential _main;
    [ComponentName(Name = "short_conv")] private readonly Sequential _short;
    [ComponentName(Name = "final_conv")] private readonly Sequential _final;
    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;
    [ComponentName(Name = "attention")] private readonly ChannelAttention _attention;

    public CspLayer(int channels, int blocks, bool adds) : base(nameof(CspLayer))
    {
        var half = channels / 2;
        (_main, _short) = (Layers.ConvModule(channels, half, 1), Layers.ConvModule(channels, half, 1));
        _final = Layers.ConvModule(2 * half, channels, 1);
        _blocks = nn.Sequential([.. Enumerable.Range(0, blocks).Select(_ => new CspNextBlock(half, adds))]);
        _attention = new ChannelAttention(2 * half);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = cat([_blocks.call(_main.call(input)), _short.call(input)], 1);
        return _final.call(_attention.call(x)).MoveToOuterDisposeScope();
    }
}

/// <summary>A 3x3 and a depthwise 5x5 convolution.</summary>
internal sealed class CspNextBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Sequential _conv1;
    [ComponentName(Name = "conv2")] private readonly Sequential _conv2;
    private readonly bool _adds;

    public CspNextBlock(int channels, bool adds) : base(nameof(CspNextBlock))
    {
        _conv1 = Layers.ConvModule(channels, channels, 3);
        _conv2 = nn.Sequential(
            ("depthwise_conv", Layers.ConvModule(channels, channels, 5, groups: channels)), ("pointwise_conv", Layers.ConvModule(channels, channels, 1)));
        _adds = adds;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv2.call(_conv1.call(input));
        return (_adds ? x.add(input, Scalars.One) : x).MoveToOuterDisposeScope();
    }
}

/// <summary>Weights each channel by a function of the channels' means.</summary>
internal sealed class ChannelAttention : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc")] private readonly Conv2d _fc;

    public ChannelAttention(int channels) : base(nameof(ChannelAttention))
    {
        _fc = Layers.Conv(channels, channels, 1, bias: true);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (input * _fc.call(input.mean([2, 3], true)).hardsigmoid()).MoveToOuterDisposeScope();
    }
}

/// <summary>The maximum over neighbourhoods of three sizes beside the features themselves.</summary>
internal sealed class SpatialPyramid : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Sequential _conv1;
    [ComponentName(Name = "poolings")] private readonly ModuleList<MaxPool2d> _poolings;
    [ComponentName(Name = "conv2")] private readonly Sequential _conv2;

    public SpatialPyramid(int channels) : base(nameof(SpatialPyramid))
    {
        _conv1 = Layers.ConvModule(channels, channels / 2, 1);
        _poolings = new ModuleList<MaxPool2d>(nn.MaxPool2d(5, 1, 2), nn.MaxPool2d(9, 1, 4), nn.MaxPool2d(13, 1, 6));
        _conv2 = Layers.ConvModule(channels / 2 * 4, channels, 1);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv1.call(input);
        return _conv2.call(cat([x, .. _poolings.Select(pooling => pooling.call(x))], 1)).MoveToOuterDisposeScope();
    }
}
