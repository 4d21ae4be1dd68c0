using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>MobileNetV2 for ImageNet (Sandler et al., "MobileNetV2", CVPR 2018, table 2).</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (224x224 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in torchvision
/// (<c>features.1.conv.0.0.weight</c>, <c>classifier.1.bias</c>). In training, a fifth of the last features is dropped. Convolutions start
/// from a Kaiming normal distribution (fan-out, ReLU), the classifier from a normal one of deviation 0.01, drawn from the global torch
/// generator.
/// </remarks>
public sealed class MobileNetV2 : NetworkModule
{
    private const double Dropout = 0.2;

    private readonly Sequential features;
    private readonly Sequential classifier;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public MobileNetV2(int numClasses)
        : base(nameof(MobileNetV2))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        features = MobileNetV2Backbone.Create(InvertedResidual.Torchvision);
        classifier = nn.Sequential(nn.Dropout(Dropout), nn.Linear(MobileNetV2Backbone.Channels, numClasses));
        RegisterComponents();
        this.DrawConvolutions();
        this.DrawLinear(layer => nn.init.normal_(layer.weight, 0, 0.01));
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(classifier, ops.MeanOverPlane(ops.Apply(features, input)));
}
