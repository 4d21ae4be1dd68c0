using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>
/// The residual networks for 32x32 images (He et al., "Deep Residual Learning for Image Recognition", CVPR 2016, section 4.2), in the
/// form in which the distillation literature compares them: 6n+2 layers, basic blocks, 1x1-convolution shortcuts.
/// </summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature; any size from 4x4 on), output logits <c>[B, classes]</c>. Parameter names and shapes
/// are those of the public CRD checkpoints (<c>conv1.weight</c>, <c>layer2.0.downsample.1.running_mean</c>, <c>fc.bias</c>, ...).
/// Convolutions start from a Kaiming normal distribution (fan-out, ReLU) drawn from the global torch generator.
/// </remarks>
public sealed class CifarResNet : NetworkModule
{
    private const int ChannelsOfImages = 3;
    private static readonly long[] Plane = [2, 3];

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
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> is not 6n+2, or a number is below 1.</exception>
    public CifarResNet(int depth, int numClasses, int width = 16)
        : this(depth, numClasses, [width, width, 2 * width, 4 * width])
    {
    }

    /// <summary>A network of any 6n+2 depth and any widths.</summary>
    /// <param name="depth">The number of layers: 8, 14, 20, ...</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="widths">Four numbers: channels of the first convolution and of the three stages.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> is not 6n+2, or a number is below 1.</exception>
    /// <exception cref="ArgumentException"><paramref name="widths"/> does not hold four numbers.</exception>
    public CifarResNet(int depth, int numClasses, ReadOnlySpan<int> widths)
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
        conv1 = nn.Conv2d(ChannelsOfImages, widths[0], kernel_size: 3, padding: 1, bias: false);
        bn1 = new BatchNormalization(widths[0]);
        layer1 = Stage(blocks, widths[0], widths[1], stride: 1);
        layer2 = Stage(blocks, widths[1], widths[2], stride: 2);
        layer3 = Stage(blocks, widths[2], widths[3], stride: 2);
        fc = nn.Linear(widths[3], numClasses);
        RegisterComponents();

        foreach (var module in modules())
            if (module is Conv2d convolution)
                nn.init.kaiming_normal_(convolution.weight!, 0, nn.init.FanInOut.FanOut, nn.init.NonlinearityType.ReLU);
    }

    /// <summary>ResNet-8, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet8(int numClasses) => new(8, numClasses);

    /// <summary>ResNet-14, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet14(int numClasses) => new(14, numClasses);

    /// <summary>ResNet-20, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet20(int numClasses) => new(20, numClasses);

    /// <summary>ResNet-32, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet32(int numClasses) => new(32, numClasses);

    /// <summary>ResNet-44, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet44(int numClasses) => new(44, numClasses);

    /// <summary>ResNet-56, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet56(int numClasses) => new(56, numClasses);

    /// <summary>ResNet-110, widths 16, 16, 32, 64.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet110(int numClasses) => new(110, numClasses);

    /// <summary>ResNet-8x4, widths 32, 64, 128, 256.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet8x4(int numClasses) => new(8, numClasses, [32, 64, 128, 256]);

    /// <summary>ResNet-32x4, widths 32, 64, 128, 256.</summary>
    /// <param name="numClasses">The number of classes.</param>
    public static CifarResNet ResNet32x4(int numClasses) => new(32, numClasses, [32, 64, 128, 256]);

    /// <summary>A network by the literature's name for it, as it stands in configuration files and tables.</summary>
    /// <param name="name">
    /// <c>resnet8</c>, <c>resnet14</c>, <c>resnet20</c>, <c>resnet32</c>, <c>resnet44</c>, <c>resnet56</c>, <c>resnet110</c>,
    /// <c>resnet8x4</c> or <c>resnet32x4</c>; case does not matter.
    /// </param>
    /// <param name="numClasses">The number of classes.</param>
    /// <exception cref="ArgumentException">No network has this name.</exception>
    public static CifarResNet ByName(string name, int numClasses)
    {
        ArgumentNullException.ThrowIfNull(name);
        return name.ToLowerInvariant() switch
        {
            "resnet8" => ResNet8(numClasses),
            "resnet14" => ResNet14(numClasses),
            "resnet20" => ResNet20(numClasses),
            "resnet32" => ResNet32(numClasses),
            "resnet44" => ResNet44(numClasses),
            "resnet56" => ResNet56(numClasses),
            "resnet110" => ResNet110(numClasses),
            "resnet8x4" => ResNet8x4(numClasses),
            "resnet32x4" => ResNet32x4(numClasses),
            _ => throw new ArgumentException(
                $"No CIFAR ResNet is named '{name}'; expected resnet8, 14, 20, 32, 44, 56, 110, resnet8x4 or resnet32x4.", nameof(name)),
        };
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var stem = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        var features = ops.Apply(layer3, ops.Apply(layer2, ops.Apply(layer1, stem)));
        return ops.Apply(fc, ops.Mean(features, Plane));
    }

    private static Sequential Stage(int blocks, int inputs, int outputs, int stride)
    {
        var stage = nn.Sequential(new ResidualBlock(inputs, outputs, stride));
        for (var block = 1; block < blocks; block++)
            stage.append(new ResidualBlock(outputs, outputs, stride: 1));
        return stage;
    }
}
