using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>MobileNetV2's block: widen, filter each channel by itself, narrow (arXiv 1801.04381).</summary>
internal sealed class InvertedResidual : NetworkModule
{
    private readonly Sequential conv;
    private readonly bool adds;

    public InvertedResidual(int channels, int filters, int stride, int expansion)
        : base(nameof(InvertedResidual))
    {
        var wide = channels * expansion;
        var depthwise = Layers.ConvNorm(wide, wide, 3, stride, groups: wide, then: nn.ReLU6());
        var narrow = Layers.ConvNorm(wide, filters, 1);
        conv = expansion == 1
            ? nn.Sequential(depthwise, narrow)
            : nn.Sequential(Layers.ConvNorm(channels, wide, 1, then: nn.ReLU6()), depthwise, narrow);
        adds = stride == 1 && channels == filters;
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var narrow = ops.Apply(conv, input);
        return adds ? ops.Add(narrow, input, overwrite: true) : narrow;
    }
}
