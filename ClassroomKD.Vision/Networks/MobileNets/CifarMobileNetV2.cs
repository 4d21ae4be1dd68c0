using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>MobileNetV2 of half width for 32x32 images (after Sandler et al., CVPR 2018), as in the distillation literature.</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in the CRD zoo
/// (<c>blocks.1.0.conv.3.weight</c>, <c>classifier.0.bias</c>). Convolutions start from a Kaiming normal distribution (fan-out, ReLU), the
/// classifier from a normal one of deviation 0.01, drawn from the global torch generator.
/// </remarks>
public sealed class CifarMobileNetV2 : NetworkModule
{
    private readonly Sequential conv1;
    private readonly Sequential blocks;
    private readonly Sequential conv2;
    private readonly Sequential classifier;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public CifarMobileNetV2(int numClasses)
        : base(nameof(CifarMobileNetV2))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        var channels = 16;
        conv1 = Layers.ConvolutionNorm(RgbImage.Planes, channels, 3, 2, activation: Layers.Relu());
        blocks = nn.Sequential();
        foreach (var (stage, (expansion, fullWidth, count, stride)) in MobileNetV2Backbone.Stages.Index())
        {
            var layers = nn.Sequential();
            for (var block = 0; block < count; block++)
            {
                // Small images are not halved in the second stage.
                layers.append(InvertedResidual.Flat(channels, fullWidth / 2, block == 0 && stage != 1 ? stride : 1, expansion));
                channels = fullWidth / 2;
            }
            blocks.append(layers);
        }
        conv2 = Layers.ConvolutionNorm(channels, MobileNetV2Backbone.Channels, 1, activation: Layers.Relu());
        classifier = nn.Sequential(nn.Linear(MobileNetV2Backbone.Channels, numClasses));
        RegisterComponents();
        this.DrawConvolutions();
        this.DrawLinear(layer => nn.init.normal_(layer.weight, 0, 0.01));
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var features = ops.Apply(conv2, ops.Apply(blocks, ops.Apply(conv1, input)));
        return ops.Apply(classifier, ops.MeanOverPlane(features));
    }
}
