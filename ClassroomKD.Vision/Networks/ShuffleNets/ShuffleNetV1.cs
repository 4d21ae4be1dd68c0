using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>ShuffleNet with three groups for 32x32 images (after Zhang et al., CVPR 2018), as in the distillation literature.</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in the CRD zoo
/// (<c>layer1.0.conv2.weight</c>, <c>linear.bias</c>). Weights start from TorchSharp's defaults.
/// </remarks>
public sealed class ShuffleNetV1 : NetworkModule
{
    private const int Groups = 3;
    private const int StemChannels = 24;

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear linear;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public ShuffleNetV1(int numClasses)
        : base(nameof(ShuffleNetV1))
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        (conv1, bn1) = (Layers.Convolution(RgbImage.Planes, StemChannels, 1), new BatchNormalization(StemChannels));
        layer1 = Stage(StemChannels, 240, 4, groupsOfFirst: 1);
        layer2 = Stage(240, 480, 8, Groups);
        layer3 = Stage(480, 960, 4, Groups);
        linear = nn.Linear(960, numClasses);
        RegisterComponents();
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var features = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        features = ops.Apply(layer3, ops.Apply(layer2, ops.Apply(layer1, features)));
        return ops.Apply(linear, ops.MeanOverPlane(features));
    }

    // The first block joins its input to its own channels, and therefore makes that many fewer.
    private static Sequential Stage(int inputs, int outputs, int blocks, int groupsOfFirst)
    {
        var stage = nn.Sequential(new GroupShuffleBlock(inputs, outputs - inputs, 2, groupsOfFirst, Groups));
        for (var block = 1; block < blocks; block++)
            stage.append(new GroupShuffleBlock(outputs, outputs, 1, Groups, Groups));
        return stage;
    }
}
