using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Vision;

/// <summary>Merges 2x2 patches: <c>[B, H, W, C]</c> to <c>[B, H/2, W/2, 2C]</c>, with odd sides padded by zeros.</summary>
/// <remarks>Field names are torchvision's.</remarks>
internal sealed class PatchMerging : NetworkModule
{
    private readonly Linear reduction;
    private readonly LayerNorm norm;

    public PatchMerging(int channels)
        : base(nameof(PatchMerging))
    {
        reduction = nn.Linear(4 * channels, 2 * channels, hasBias: false);
        norm = nn.LayerNorm(4 * channels);
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var shape = ops.Shape(input);
        var (rows, columns, channels) = (shape[1], shape[2], shape[3]);
        var x = rows % 2 == 0 ? input : ops.Pad(input, 1, 1);
        x = columns % 2 == 0 ? x : ops.Pad(x, 2, 1);
        (rows, columns) = ((rows + 1) / 2, (columns + 1) / 2);

        // The four patches' channels follow each other column by column.
        x = ops.Permute(ops.Reshape(x, -1, rows, 2, columns, 2, channels), 0, 1, 3, 4, 2, 5);
        return ops.Apply(reduction, ops.Apply(norm, ops.Reshape(x, -1, rows, columns, 4 * channels)));
    }
}
