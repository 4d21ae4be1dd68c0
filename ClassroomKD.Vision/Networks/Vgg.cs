using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>
/// VGG with batch normalization and one fully connected layer, for small images (after Simonyan and Zisserman, "Very Deep Convolutional
/// Networks", ICLR 2015), in the form of the distillation literature.
/// </summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (32x32 in the literature; 64x64 images are halved once more), output logits <c>[B, classes]</c>. Parameters
/// are named as in the CRD zoo (<c>block1.3.weight</c>, <c>classifier.bias</c>); its convolutions have biases. They start from a Kaiming
/// normal distribution (fan-out, ReLU) drawn from the global torch generator, the classifier from a normal distribution of deviation 0.01.
/// </remarks>
public sealed class Vgg : NetworkModule
{
    private const int HeightHalvedOnceMore = 64;
    private static readonly int[] Widths = [64, 128, 256, 512, 512];

    private readonly Sequential block0;
    private readonly Sequential block1;
    private readonly Sequential block2;
    private readonly Sequential block3;
    private readonly Sequential block4;
    private readonly MaxPool2d pool = nn.MaxPool2d(2, 2);
    private readonly Linear classifier;

    /// <summary>A network with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="depth">8, 11, 13, 16 or 19.</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no network of this depth, or no class.</exception>
    public Vgg(int depth, int numClasses)
        : base($"VGG-{depth}")
    {
        int[] layers = depth switch
        {
            8 => [1, 1, 1, 1, 1],
            11 => [1, 1, 2, 2, 2],
            13 => [2, 2, 2, 2, 2],
            16 => [2, 2, 3, 3, 3],
            19 => [2, 2, 4, 4, 4],
            _ => throw new ArgumentOutOfRangeException(nameof(depth), depth, "Expected a depth of 8, 11, 13, 16 or 19."),
        };
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);

        Sequential Block(int stage) => Convolutions(layers[stage], stage == 0 ? RgbImage.Planes : Widths[stage - 1], Widths[stage]);
        (block0, block1, block2, block3, block4) = (Block(0), Block(1), Block(2), Block(3), Block(4));
        classifier = nn.Linear(Widths[^1], numClasses);
        RegisterComponents();
        this.DrawConvolutions();
        this.DrawLinear(layer => nn.init.normal_(layer.weight, 0, 0.01));
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        TValue Block(Sequential block, TValue x) => ops.Relu(ops.Apply(block, x), overwrite: true);
        var features = ops.Apply(pool, Block(block0, input));
        features = ops.Apply(pool, Block(block1, features));
        features = ops.Apply(pool, Block(block2, features));
        features = Block(block3, features);
        if (ops.Shape(input)[2] == HeightHalvedOnceMore)
            features = ops.Apply(pool, features);
        return ops.Apply(classifier, ops.MeanOverPlane(Block(block4, features)));
    }

    // The last activation belongs to the network: the zoo numbers only the layers between two convolutions.
    private static Sequential Convolutions(int count, int inputs, int outputs)
    {
        var layers = nn.Sequential();
        for (var layer = 0; layer < count; layer++)
        {
            if (layer > 0)
                layers.append(Layers.Relu());
            layers.append(nn.Conv2d(layer == 0 ? inputs : outputs, outputs, 3, padding: 1));
            layers.append(new BatchNormalization(outputs));
        }
        return layers;
    }
}
