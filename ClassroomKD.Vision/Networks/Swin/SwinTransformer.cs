using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>Swin-T (Liu et al., "Swin Transformer", ICCV 2021): windows of 7x7 patches, 2, 2, 6 and 2 blocks.</summary>
/// <remarks>
/// Input <c>[B, 3, H, W]</c> (224x224 in the literature), output logits <c>[B, classes]</c>. Parameters are named as in torchvision
/// (<c>features.1.0.attn.qkv.weight</c>, <c>head.bias</c>). In training, up to a fifth of the samples skip a branch. Fully connected layers
/// start from a normal distribution of deviation 0.02 drawn from the global torch generator.
/// </remarks>
public sealed class SwinTransformer : NetworkModule
{
    private const int PatchChannels = 96;
    private const double DropProbability = 0.2;

    private static readonly (int Blocks, int Heads)[] Stages = [(2, 3), (2, 6), (6, 12), (2, 24)];

    // The rows and columns of [B, H, W, C].
    private static readonly long[] Plane = [1, 2];

    private readonly Sequential features;
    private readonly LayerNorm norm;
    private readonly Linear head;

    /// <summary>Swin-T with random weights, in training mode; the caller disposes it.</summary>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public SwinTransformer(int numClasses)
        : base("Swin-T")
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(numClasses, 1);
        var channels = PatchChannels;
        features = nn.Sequential(new PatchEmbedding(channels));
        var lastBlock = Stages.Sum(stage => stage.Blocks) - 1;
        var number = 0;
        for (var stage = 0; stage < Stages.Length; stage++)
        {
            if (stage > 0)
            {
                features.append(new PatchMerging(channels));
                channels *= 2;
            }
            var blocks = nn.Sequential();
            for (var block = 0; block < Stages[stage].Blocks; block++)
                blocks.append(
                    new SwinBlock(channels, Stages[stage].Heads, shifted: block % 2 == 1, DropProbability * number++ / lastBlock));
            features.append(blocks);
        }
        norm = nn.LayerNorm(channels);
        head = nn.Linear(channels, numClasses);
        RegisterComponents();
        this.DrawLinear(layer => nn.init.normal_(layer.weight, std: WindowAttention.Deviation));
    }

    /// <inheritdoc/>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(head, ops.Mean(ops.Apply(norm, ops.Apply(features, input)), Plane));
}
