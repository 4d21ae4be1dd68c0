using System.Collections.ObjectModel;
using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>
/// ResNet-18, -34 and -50 with four stages of 64 to 512 channels (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016,
/// table 1), for ImageNet or in the distillation literature's form for 32x32 images.
/// </summary>
/// <remarks>
/// <para>
/// For ImageNet: input <c>[B, 3, H, W]</c> (224x224 in the literature), a 7x7 convolution and a pooling that quarter it, the stride of a
/// bottleneck in its 3x3 convolution; parameters named as in torchvision (<c>layer1.0.downsample.0.weight</c>, <c>fc.bias</c>).
/// </para>
/// <para>
/// For small images: input 32x32, a 3x3 convolution that keeps the size; parameters named as in the CRD zoo
/// (<c>layer1.0.shortcut.0.weight</c>, <c>linear.bias</c>).
/// </para>
/// <para>Either loads files of the other's names.</para>
/// The output is logits <c>[B, classes]</c>. Convolutions start from a Kaiming normal distribution (fan-out, ReLU) drawn from the global
/// torch generator.
/// </remarks>
public sealed class ResNet : NetworkModule
{
    private const int StemChannels = 64;
    private const string Shortcut = "shortcut";
    private const string Downsample = "downsample";

    private static readonly ReadOnlyDictionary<string, string> Torchvision = new(
        new Dictionary<string, string> { [nameof(linear)] = nameof(fc), [Shortcut] = Downsample });

    private static readonly ReadOnlyDictionary<string, string> Zoo = new(
        new Dictionary<string, string> { [nameof(fc)] = nameof(linear), [Downsample] = Shortcut });

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly MaxPool2d? maxpool;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Sequential layer4;
    private readonly Linear? fc;
    private readonly Linear? linear;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="depth">18, 34 or 50.</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="smallImages">Whether the network is for 32x32 images. Default false.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no network of this depth, or no class.</exception>
    public ResNet(int depth, int numClasses, bool smallImages = false)
        : base($"ResNet-{depth}")
    {
        int[] blocks = depth switch
        {
            18 => [2, 2, 2, 2],
            34 or 50 => [3, 4, 6, 3],
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "Expected a depth of 18, 34 or 50."),
        };
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);

        var bottleneck = depth >= 50;
        var shortcut = smallImages ? Shortcut : Downsample;
        var channels = StemChannels;
        Sequential Stage(int stage)
        {
            var (inputs, width) = (channels, StemChannels << stage);
            channels = bottleneck ? width * ResidualBlock.Expansion : width;
            return ResidualBlock.Stage(inputs, width, blocks[stage], stage == 0 ? 1 : 2, bottleneck, shortcut);
        }

        conv1 = Layers.Convolution(RgbImage.Planes, StemChannels, kernel: smallImages ? 3 : 7, stride: smallImages ? 1 : 2);
        bn1 = new BatchNormalization(StemChannels);
        maxpool = smallImages ? null : nn.MaxPool2d(3, 2, 1);
        (layer1, layer2, layer3, layer4) = (Stage(0), Stage(1), Stage(2), Stage(3));
        var classifier = nn.Linear(channels, numClasses);
        (fc, linear) = smallImages ? (null, classifier) : (classifier, (Linear?)null);
        RegisterComponents();
        this.DrawConvolutions();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> NameSynonyms => fc is null ? Zoo : Torchvision;

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var features = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        if (maxpool is not null)
            features = ops.Apply(maxpool, features);
        features = ops.Apply(layer4, ops.Apply(layer3, ops.Apply(layer2, ops.Apply(layer1, features))));
        return ops.Apply((fc ?? linear)!, ops.MeanOverPlane(features));
    }
}
