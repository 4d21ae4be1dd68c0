using ClassroomKD.Networks;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>ResNet's block of two 3x3 convolutions (arXiv 1512.03385).</summary>
internal sealed class BasicBlock : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;

    public BasicBlock(int channels, int filters, int stride = 1) : base(nameof(BasicBlock))
    {
        (_conv1, _bn1) = (Layers.Conv(channels, filters, 3, stride), new BatchNormalization(filters));
        (_conv2, _bn2) = (Layers.Conv(filters, filters, 3), new BatchNormalization(filters));
        _downsample = stride == 1 && channels == filters ? null : Layers.ConvNorm(channels, filters, 1, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _bn1.call(_conv1.call(input)).relu();
        x = _bn2.call(_conv2.call(x));
        return x.add(_downsample?.call(input) ?? input, Scalars.One).relu().MoveToOuterDisposeScope();
    }
}

/// <summary>ResNet's block of 1x1, 3x3 and 1x1 convolutions; it answers with four times its filters.</summary>
internal sealed class Bottleneck : nn.Module<Tensor, Tensor>
{
    public const int Expansion = 4;

    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "conv3")] private readonly Conv2d _conv3;
    [ComponentName(Name = "bn3")] private readonly BatchNormalization _bn3;
    [ComponentName(Name = "downsample")] private readonly Sequential? _downsample;

    public Bottleneck(int channels, int filters, int stride = 1) : base(nameof(Bottleneck))
    {
        var wide = filters * Expansion;
        (_conv1, _bn1) = (Layers.Conv(channels, filters, 1), new BatchNormalization(filters));
        (_conv2, _bn2) = (Layers.Conv(filters, filters, 3, stride), new BatchNormalization(filters));
        (_conv3, _bn3) = (Layers.Conv(filters, wide, 1), new BatchNormalization(wide));
        _downsample = stride == 1 && channels == wide ? null : Layers.ConvNorm(channels, wide, 1, stride);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _bn1.call(_conv1.call(input)).relu();
        x = _bn2.call(_conv2.call(x)).relu();
        x = _bn3.call(_conv3.call(x));
        return x.add(_downsample?.call(input) ?? input, Scalars.One).relu().MoveToOuterDisposeScope();
    }
}
