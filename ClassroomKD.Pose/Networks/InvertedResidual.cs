using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>MobileNetV2's block: widen, filter each channel by itself, narrow (arXiv 1801.04381).</summary>
internal sealed class InvertedResidual : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv")] private readonly Sequential _conv;
    private readonly bool _adds;

    public InvertedResidual(int channels, int filters, int stride, int expansion) : base(nameof(InvertedResidual))
    {
        var wide = channels * expansion;
        var depthwise = Layers.ConvNorm(wide, wide, 3, stride, groups: wide, then: nn.ReLU6());
        var narrow = Layers.ConvNorm(wide, filters, 1);
        _conv = expansion == 1
            ? nn.Sequential(depthwise, narrow)
            : nn.Sequential(Layers.ConvNorm(channels, wide, 1, then: nn.ReLU6()), depthwise, narrow);
        _adds = stride == 1 && channels == filters;
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = _conv.call(input);
        return (_adds ? x.add(input, Scalars.One) : x).MoveToOuterDisposeScope();
    }
}
