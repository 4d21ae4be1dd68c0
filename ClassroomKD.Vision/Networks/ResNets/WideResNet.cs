using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>
/// Wide residual networks for 32x32 images (Zagoruyko and Komodakis, "Wide Residual Networks", BMVC 2016): 6n+4 layers, blocks that
/// normalize first.
/// </summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in the CRD zoo
/// (<c>block1.layer.0.convShortcut.weight</c>, <c>bn1.weight</c>, <c>fc.bias</c>), whose networks have no dropout. Convolutions start from
/// a Kaiming normal distribution (fan-out, ReLU) drawn from the global torch generator.
/// </remarks>
public sealed class WideResNet : NetworkModule
{
    private const int StemChannels = 16;

    private readonly Conv2d conv1;
    private readonly Sequential block1;
    private readonly Sequential block2;
    private readonly Sequential block3;
    private readonly BatchNormalization bn1;
    private readonly Linear fc;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="depth">The number of layers: 10, 16, 22, 28, 34, 40, ...</param>
    /// <param name="widening">The factor of the stages' 16, 32 and 64 channels, at least 1.</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="depth"/> is not 6n+4, or a number is below 1.</exception>
    public WideResNet(int depth, int widening, int numClasses)
        : base($"WRN-{depth}-{widening}")
    {
        if (depth < 10 || (depth - 4) % 6 != 0)
            throw new ArgumentOutOfRangeException(nameof(depth), depth, "A wide ResNet has 6n+4 layers: 10, 16, 22, 28, 34, 40, ...");
        ArgumentOutOfRangeException.ThrowIfLessThan(widening, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);

        var blocks = (depth - 4) / 6;
        var width = StemChannels * widening;
        conv1 = Layers.Convolution(RgbImage.Planes, StemChannels, 3);
        block1 = Stage(blocks, StemChannels, width, stride: 1);
        block2 = Stage(blocks, width, 2 * width, stride: 2);
        block3 = Stage(blocks, 2 * width, 4 * width, stride: 2);
        bn1 = new BatchNormalization(4 * width);
        fc = nn.Linear(4 * width, numClasses);
        RegisterComponents();
        this.DrawConvolutions();
        nn.init.zeros_(fc.bias!);
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var features = ops.Apply(block3, ops.Apply(block2, ops.Apply(block1, ops.Apply(conv1, input))));
        return ops.Apply(fc, ops.MeanOverPlane(ops.Relu(ops.Apply(bn1, features), overwrite: true)));
    }

    private static Sequential Stage(int blocks, int inputs, int outputs, int stride)
    {
        var layers = nn.Sequential(new WideBlock(inputs, outputs, stride));
        for (var block = 1; block < blocks; block++)
            layers.append(new WideBlock(outputs, outputs, stride: 1));
        return nn.Sequential(("layer", layers));
    }
}
