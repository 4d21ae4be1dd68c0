using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>Swin's block on <c>[B, H, W, C]</c>: window attention, then two fully connected layers, each added to its input.</summary>
/// <remarks>Field names are torchvision's.</remarks>
internal sealed class SwinBlock : NetworkModule
{
    private const int Widening = 4;

    private readonly LayerNorm norm1;
    private readonly WindowAttention attn;
    private readonly LayerNorm norm2;
    private readonly Sequential mlp;
    private readonly StochasticDepth depth;

    public SwinBlock(int channels, int heads, bool shifted, double dropProbability)
        : base(nameof(SwinBlock))
    {
        norm1 = nn.LayerNorm(channels);
        attn = new WindowAttention(channels, heads, shifted);
        norm2 = nn.LayerNorm(channels);

        // torchvision's numbers; 2 and 4 drop nothing.
        mlp = nn.Sequential(
            ("0", nn.Linear(channels, Widening * channels)), ("1", nn.GELU()), ("3", nn.Linear(Widening * channels, channels)));
        depth = new StochasticDepth(dropProbability);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var attended = ops.Apply(depth, ops.Apply(attn, ops.Apply(norm1, input)));
        var x = ops.Add(attended, input, overwrite: true);
        return ops.Add(ops.Apply(depth, ops.Apply(mlp, ops.Apply(norm2, x))), x, overwrite: true);
    }
}
