using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Imaging;

/// <summary>The block of MobileNetV2 (Sandler et al., CVPR 2018): widen, filter each channel, narrow, and add the input.</summary>
/// <remarks>The checkpoints of the field number its layers differently; there is a method for each way.</remarks>
public sealed class InvertedResidual : NetworkModule
{
    private readonly Sequential conv;
    private readonly bool adds;

    private InvertedResidual(Sequential conv, bool adds)
        : base(nameof(InvertedResidual))
    {
        (this.conv, this.adds) = (conv, adds);
        RegisterComponents();
    }

    /// <summary>
    /// As in torchvision: ReLU6, no widening convolution where the expansion is 1, and only the narrowing convolution and its normalization
    /// numbered on their own (<c>conv.0.0</c>, <c>conv.1.0</c>, <c>conv.2</c>, <c>conv.3</c>).
    /// </summary>
    /// <param name="inputs">The number of input channels.</param>
    /// <param name="outputs">The number of output channels.</param>
    /// <param name="stride">The stride of the depthwise convolution.</param>
    /// <param name="expansion">How many times the input's channels are filtered.</param>
    public static InvertedResidual Torchvision(int inputs, int outputs, int stride, int expansion)
    {
        var layers = Widened(inputs, stride, expansion).append(Layers.Convolution(inputs * expansion, outputs, 1));
        return new InvertedResidual(layers.append(new BatchNormalization(outputs)), stride == 1 && inputs == outputs);
    }

    /// <summary>
    /// As <see cref="Torchvision"/>, with every normalization in its convolution's group (<c>conv.2.0</c>, <c>conv.2.1</c>).
    /// </summary>
    /// <inheritdoc cref="Torchvision" path="/param"/>
    public static InvertedResidual Grouped(int inputs, int outputs, int stride, int expansion)
    {
        var layers = Widened(inputs, stride, expansion).append(Layers.ConvolutionNorm(inputs * expansion, outputs, 1));
        return new InvertedResidual(layers, stride == 1 && inputs == outputs);
    }

    /// <summary>As in the CRD zoo: ReLU, a widening convolution in every block, layers numbered in a row (<c>conv.0</c>, ...).</summary>
    /// <inheritdoc cref="Torchvision" path="/param"/>
    public static InvertedResidual Flat(int inputs, int outputs, int stride, int expansion)
    {
        var wide = inputs * expansion;
        var layers = nn.Sequential(
            Layers.Convolution(inputs, wide, 1), new BatchNormalization(wide), Layers.Relu(),
            Layers.Depthwise(wide, 3, stride), new BatchNormalization(wide), Layers.Relu(),
            Layers.Convolution(wide, outputs, 1), new BatchNormalization(outputs));
        return new InvertedResidual(layers, stride == 1 && inputs == outputs);
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        ArgumentNullException.ThrowIfNull(ops);
        var narrow = ops.Apply(conv, input);
        return adds ? ops.Add(narrow, input, overwrite: true) : narrow;
    }

    private static Sequential Widened(int inputs, int stride, int expansion)
    {
        var wide = inputs * expansion;
        var layers = nn.Sequential();
        if (expansion != 1)
            layers.append(Layers.ConvolutionNorm(inputs, wide, 1, activation: Layers.Relu6()));
        return layers.append(Layers.ConvolutionNorm(wide, wide, 3, stride, wide, Layers.Relu6()));
    }
}
