using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>MobileNet for ImageNet (Howard et al., arXiv 1704.04861, table 1), the literature's usual second student.</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (224x224 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in mdistiller's
/// checkpoints (<c>model.1.3.weight</c>, <c>fc.bias</c>). Weights start from TorchSharp's defaults.
/// </remarks>
public sealed class MobileNetV1 : NetworkModule
{
    private const int StemChannels = 32;

    private static readonly (int Channels, int Stride)[] Blocks =
    [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1), (512, 1), (1024, 2), (1024, 1),
    ];

    private readonly Sequential model;
    private readonly Linear fc;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public MobileNetV1(int numClasses)
        : base(nameof(MobileNetV1))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        var channels = StemChannels;
        model = nn.Sequential(Layers.ConvolutionNorm(RgbImage.Planes, channels, 3, 2, activation: Layers.Relu()));
        foreach (var (outputs, stride) in Blocks)
        {
            model.append(nn.Sequential(
                Layers.Depthwise(channels, 3, stride), new BatchNormalization(channels), Layers.Relu(),
                Layers.Convolution(channels, outputs, 1), new BatchNormalization(outputs), Layers.Relu()));
            channels = outputs;
        }
        fc = nn.Linear(channels, numClasses);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(fc, ops.MeanOverPlane(ops.Apply(model, input)));
}
