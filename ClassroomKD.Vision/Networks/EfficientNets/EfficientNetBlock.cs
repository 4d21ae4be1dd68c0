using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>EfficientNet's block: widen, filter and weigh each channel, narrow, and add the input where the shape is kept.</summary>
/// <remarks>Field names are torchvision's.</remarks>
internal sealed class EfficientNetBlock : NetworkModule
{
    private readonly Sequential block;
    private readonly StochasticDepth? depth;

    public EfficientNetBlock(int inputs, int outputs, int kernel, int stride, int expansion, double dropProbability)
        : base(nameof(EfficientNetBlock))
    {
        var wide = inputs * expansion;
        block = nn.Sequential();
        if (expansion != 1)
            block.append(Layers.ConvolutionNorm(inputs, wide, 1, activation: nn.SiLU()));
        block.append(Layers.ConvolutionNorm(wide, wide, kernel, stride, wide, nn.SiLU()));
        block.append(new SqueezeExcitation(wide, Math.Max(1, inputs / 4)));
        block.append(Layers.ConvolutionNorm(wide, outputs, 1));
        depth = stride == 1 && inputs == outputs ? new StochasticDepth(dropProbability) : null;
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var narrow = ops.Apply(block, input);
        return depth is null ? narrow : ops.Add(ops.Apply(depth, narrow), input, overwrite: true);
    }
}
