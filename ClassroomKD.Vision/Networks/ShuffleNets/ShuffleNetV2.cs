using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>ShuffleNetV2 of width 1 for 32x32 images (after Ma et al., ECCV 2018), as in the distillation literature.</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in the CRD zoo
/// (<c>layer1.0.conv5.weight</c>, <c>linear.bias</c>). Weights start from TorchSharp's defaults.
/// </remarks>
public sealed class ShuffleNetV2 : NetworkModule
{
    private const int StemChannels = 24;
    private const int LastChannels = 1024;

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Linear linear;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public ShuffleNetV2(int numClasses)
        : base(nameof(ShuffleNetV2))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        (conv1, bn1) = (Layers.Convolution(RgbImage.Planes, StemChannels, 1), new BatchNormalization(StemChannels));
        layer1 = Stage(StemChannels, 116, 3);
        layer2 = Stage(116, 232, 7);
        layer3 = Stage(232, 464, 3);
        (conv2, bn2) = (Layers.Convolution(464, LastChannels, 1), new BatchNormalization(LastChannels));
        linear = nn.Linear(LastChannels, numClasses);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var features = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        features = ops.Apply(layer3, ops.Apply(layer2, ops.Apply(layer1, features)));
        features = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, features)), overwrite: true);
        return ops.Apply(linear, ops.MeanOverPlane(features));
    }

    private static Sequential Stage(int inputs, int outputs, int blocks)
    {
        var stage = nn.Sequential(new SplitShuffleReduction(inputs, outputs));
        for (var block = 0; block < blocks; block++)
            stage.append(new SplitShuffleBlock(outputs));
        return stage;
    }
}
