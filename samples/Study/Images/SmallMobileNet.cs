using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace Study;

/// <summary>Five blocks of MobileNetV2 for 32x32 images: a student of another family than the ResNets, as small as the smallest.</summary>
internal sealed class SmallMobileNet : NetworkModule
{
    private static readonly (int Expansion, int Channels, int Stride)[] Blocks =
        [(2, 16, 1), (4, 24, 2), (4, 24, 1), (4, 40, 2), (4, 40, 1)];

    private readonly Sequential stem;
    private readonly Sequential blocks;
    private readonly Sequential last;
    private readonly Linear classifier;

    /// <param name="classes">How many logits.</param>
    /// <param name="stemStride">Of the first convolution: 2 looks at a quarter of the positions, and takes about a quarter of the time.
    /// </param>
    public SmallMobileNet(int classes, int stemStride = 1)
        : base(nameof(SmallMobileNet))
    {
        var channels = 16;
        stem = Layers.ConvolutionNorm(3, channels, 3, stemStride, activation: Layers.Relu());
        blocks = nn.Sequential();
        foreach (var (expansion, outputs, stride) in Blocks)
        {
            blocks.append(InvertedResidual.Flat(channels, outputs, stride, expansion));
            channels = outputs;
        }
        last = Layers.ConvolutionNorm(channels, 128, 1, activation: Layers.Relu());
        classifier = nn.Linear(128, classes);
        RegisterComponents();
        this.DrawConvolutions();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(classifier, ops.MeanOverPlane(ops.Apply(last, ops.Apply(blocks, ops.Apply(stem, input)))));
}
