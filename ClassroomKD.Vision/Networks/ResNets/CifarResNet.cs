using System.Collections.ObjectModel;
using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>
/// The residual networks for 32x32 images (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2), in the form
/// of the distillation literature: 6n+2 layers, basic blocks, 1x1-convolution shortcuts; or with the paper's own shortcuts of zeros.
/// </summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature; any size from 4x4 on), output logits <c>[B, classes]</c>. Parameter names and shapes
/// are those of the public CRD checkpoints (<c>conv1.weight</c>, <c>layer2.0.downsample.1.running_mean</c>, <c>fc.bias</c>, ...). Files
/// that call these parts <c>shortcut</c> and <c>linear</c> load as well.
/// Convolutions start from a Kaiming normal distribution (fan-out, ReLU) drawn from the global torch generator.
/// </remarks>
public sealed class CifarResNet : NetworkModule
{
    private static readonly ReadOnlyDictionary<string, string> Synonyms = new(
        new Dictionary<string, string> { ["linear"] = nameof(fc), ["shortcut"] = "downsample" });

    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Sequential layer1;
    private readonly Sequential layer2;
    private readonly Sequential layer3;
    private readonly Linear fc;

    /// <summary>A network of any 6n+2 depth with the literature's proportions of widths: <c>[w, w, 2w, 4w]</c>.</summary>
    /// <param name="depth">The number of layers: 8, 14, 20, ...</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="width">Channels of the first stage; 16 gives the networks of the paper.</param>
    /// <param name="shortcut">
    /// How shortcuts change the shape. Default: by a convolution. The paper's networks have <see cref="ResidualShortcut.ZeroPadding"/>.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> is not 6n+2, or a number is below 1.</exception>
    public CifarResNet(int depth, int numClasses, int width = 16, ResidualShortcut shortcut = ResidualShortcut.Convolution)
        : this(depth, numClasses, [width, width, 2 * width, 4 * width], shortcut)
    {
    }

    /// <summary>A network of any 6n+2 depth and any widths.</summary>
    /// <param name="depth">The number of layers: 8, 14, 20, ...</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="widths">Four numbers: channels of the first convolution and of the three stages.</param>
    /// <param name="shortcut">How shortcuts change the shape. Default: by a convolution.</param>
    /// <exception cref="ArgumentOutOfRangeException">
    /// <paramref name="depth"/> is not 6n+2, a number is below 1, or widths fall where shortcuts are padded.
    /// </exception>
    /// <exception cref="ArgumentException"><paramref name="widths"/> does not hold four numbers.</exception>
    public CifarResNet(
        int depth, int numClasses, ReadOnlySpan<int> widths, ResidualShortcut shortcut = ResidualShortcut.Convolution)
        : base($"ResNet-{depth}")
    {
        if (depth < 8 || (depth - 2) % 6 != 0)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "A CIFAR ResNet has 6n+2 layers: 8, 14, 20, 32, ...");
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        if (widths.Length != 4)
            throw new ArgumentException($"Expected four widths (first convolution, three stages), found {widths.Length}.", nameof(widths));
        foreach (var width in widths)
            ArgumentOutOfRangeException.ThrowIfLessThan(width, 1, nameof(widths));

        var blocks = (depth - 2) / 6;
        (conv1, bn1) = (Layers.Convolution(RgbImage.Planes, widths[0], 3), new BatchNormalization(widths[0]));
        layer1 = ResidualBlock.Stage(widths[0], widths[1], blocks, shortcut: shortcut);
        layer2 = ResidualBlock.Stage(widths[1], widths[2], blocks, stride: 2, shortcut: shortcut);
        layer3 = ResidualBlock.Stage(widths[2], widths[3], blocks, stride: 2, shortcut: shortcut);
        fc = nn.Linear(widths[3], numClasses);
        RegisterComponents();
        this.DrawConvolutions();
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<string, string> NameSynonyms => Synonyms;

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var stem = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        var features = ops.Apply(layer3, ops.Apply(layer2, ops.Apply(layer1, stem)));
        return ops.Apply(fc, ops.MeanOverPlane(features));
    }
}
