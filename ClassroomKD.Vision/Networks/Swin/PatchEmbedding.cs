using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Vision;

/// <summary>Embeds patches of 4x4 pixels: <c>[B, 3, H, W]</c> to <c>[B, H/4, W/4, C]</c>.</summary>
internal sealed class PatchEmbedding : NetworkModule
{
    private const int Side = 4;

    // torchvision's numbers; 1 is the permutation between them.
    [ComponentName(Name = "0")] private readonly Conv2d projection;
    [ComponentName(Name = "2")] private readonly LayerNorm norm;

    public PatchEmbedding(int channels)
        : base(nameof(PatchEmbedding))
    {
        projection = nn.Conv2d(RgbImage.Planes, channels, Side, Side);
        norm = nn.LayerNorm(channels);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        ops.Apply(norm, ops.Permute(ops.Apply(projection, input), 0, 2, 3, 1));
}
