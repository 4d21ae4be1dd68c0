using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>MobileNetV2's block: widen, filter each channel by itself, narrow, and add the input where the shape is kept.</summary>
internal sealed class InvertedResidual : NetworkModule
{
    private readonly Sequential conv;
    private readonly bool adds;

    private InvertedResidual(Sequential conv, bool adds)
        : base(nameof(InvertedResidual))
    {
        (this.conv, this.adds) = (conv, adds);
        RegisterComponents();
    }

    /// <summary>As torchvision has it: ReLU6, nothing to widen where the expansion is 1, layers numbered in groups.</summary>
    public static InvertedResidual Grouped(int inputs, int outputs, int stride, int expansion)
    {
        var wide = inputs * expansion;
        var layers = nn.Sequential();
        if (expansion != 1)
            layers.append(Layers.ConvolutionNorm(inputs, wide, 1, activation: Layers.Relu6()));
        layers.append(Layers.ConvolutionNorm(wide, wide, 3, stride, wide, Layers.Relu6()));
        layers.append(Layers.Convolution(wide, outputs, 1)).append(new BatchNormalization(outputs));
        return new InvertedResidual(layers, stride == 1 && inputs == outputs);
    }

    /// <summary>As the CRD zoo has it: ReLU, a widening convolution in every block, layers numbered through.</summary>
    public static InvertedResidual Flat(int inputs, int outputs, int stride, int expansion)
    {
        var wide = inputs * expansion;
        var layers = nn.Sequential(
            Layers.Convolution(inputs, wide, 1), new BatchNormalization(wide), Layers.Relu(),
            Layers.Depthwise(wide, 3, stride), new BatchNormalization(wide), Layers.Relu(),
            Layers.Convolution(wide, outputs, 1), new BatchNormalization(outputs));
        return new InvertedResidual(layers, stride == 1 && inputs == outputs);
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var narrow = ops.Apply(conv, input);
        return adds ? ops.Add(narrow, input, overwrite: true) : narrow;
    }
}
