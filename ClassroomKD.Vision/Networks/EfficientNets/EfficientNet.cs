using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>EfficientNet-B0 and -B3 (Tan and Le, "EfficientNet", ICML 2019, table 1), and B0 for 32x32 images.</summary>
/// <remarks>
/// <para>
/// Input <c>[B, 3, H, W]</c> (224x224 for B0, 300x300 for B3), output logits <c>[B, classes]</c>. Parameters are named as in torchvision
/// (<c>features.2.0.block.1.0.weight</c>, <c>classifier.1.bias</c>). For small images the first convolution keeps the size, as in the
/// experiments of the ClassroomKD paper; names and shapes stay the same.
/// </para>
/// <para>
/// In training, up to a fifth of the samples skip a block, and 0.2 (B0) or 0.3 (B3) of the last features are dropped. Convolutions start
/// from a Kaiming normal distribution (fan-out, ReLU), the classifier from a uniform one up to the inverse root of the number of classes,
/// drawn from the global torch generator.
/// </para>
/// </remarks>
public sealed class EfficientNet : NetworkModule
{
    private const int StemChannels = 32;
    private const int WideningOfLast = 4;
    private const double DropProbability = 0.2;

    private static readonly (int Expansion, int Kernel, int Stride, int Channels, int Blocks)[] Stages =
    [
        (1, 3, 1, 16, 1), (6, 3, 2, 24, 2), (6, 5, 2, 40, 2), (6, 3, 2, 80, 3), (6, 5, 1, 112, 3), (6, 5, 2, 192, 4), (6, 3, 1, 320, 1),
    ];

    private readonly Sequential features;
    private readonly Sequential classifier;

    private EfficientNet(string name, double width, double depth, double dropout, int numClasses, int stemStride)
        : base(name)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        var channels = RoundChannels(StemChannels * width);
        features = nn.Sequential(Layers.ConvolutionNorm(RgbImage.Planes, channels, 3, stemStride, activation: nn.SiLU()));
        var total = Stages.Sum(stage => Blocks(stage.Blocks, depth));
        var number = 0;
        foreach (var stage in Stages)
        {
            var outputs = RoundChannels(stage.Channels * width);
            var layers = nn.Sequential();
            for (var block = 0; block < Blocks(stage.Blocks, depth); block++)
            {
                // Deeper blocks are dropped more often.
                var drop = DropProbability * number++ / total;
                layers.append(new EfficientNetBlock(channels, outputs, stage.Kernel, block == 0 ? stage.Stride : 1, stage.Expansion, drop));
                channels = outputs;
            }
            features.append(layers);
        }
        features.append(Layers.ConvolutionNorm(channels, WideningOfLast * channels, 1, activation: nn.SiLU()));
        classifier = nn.Sequential(nn.Dropout(dropout), nn.Linear(WideningOfLast * channels, numClasses));
        RegisterComponents();
        this.DrawConvolutions();
        var bound = 1 / Math.Sqrt(numClasses);
        this.DrawLinear(layer => nn.init.uniform_(layer.weight, -bound, bound));
    }

    /// <summary>EfficientNet-B0 with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <param name="smallImages">Whether the first convolution keeps the size, for 32x32 images. Default false.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public static EfficientNet B0(int numClasses, bool smallImages = false) =>
        new("EfficientNet-B0", width: 1, depth: 1, dropout: 0.2, numClasses, smallImages ? 1 : 2);

    /// <summary>EfficientNet-B3 with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public static EfficientNet B3(int numClasses) =>
        new("EfficientNet-B3", width: 1.2, depth: 1.4, dropout: 0.3, numClasses, stemStride: 2);

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(classifier, ops.MeanOverPlane(ops.Apply(features, input)));

    private static int Blocks(int blocks, double depth) => (int)Math.Ceiling(blocks * depth);

    // The rule of the MobileNets: multiples of 8, and never less than nine tenths of what is asked for.
    private static int RoundChannels(double channels)
    {
        var rounded = Math.Max(8, (int)(channels + 4) / 8 * 8);
        return rounded < 0.9 * channels ? rounded + 8 : rounded;
    }
}
