using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Vision;

/// <summary>
/// Attention among the 49 patches of each 7x7 window of <c>[B, H, W, C]</c>, with a learned bias for each relative position. In every
/// second layer windows are shifted cyclically by 3, and patches that only the shift brought together do not attend to each other.
/// </summary>
/// <remarks>Parameter names are torchvision's. Planes are padded with zeros to a multiple of 7.</remarks>
internal sealed class WindowAttention : NetworkModule
{
    /// <summary>The deviation of Swin's initial weights; truncation at 2, as in the literature, would have no effect.</summary>
    public const double Deviation = 0.02;

    private readonly Linear qkv;
    private readonly Linear proj;
    private readonly bool shifted;
    private readonly int heads;

    // Not readonly: moving the module to another device or type replaces them, found by these names.
    [ComponentName(Name = "relative_position_bias_table")] private Parameter table;
    [ComponentName(Name = "relative_position_index")] private Tensor index;

    public WindowAttention(int channels, int heads, bool shifted)
        : base(nameof(WindowAttention))
    {
        (this.heads, this.shifted) = (heads, shifted);
        qkv = nn.Linear(channels, 3 * channels);
        proj = nn.Linear(channels, channels);
        table = (Parameter)new Parameter(zeros(WindowGrid.RelativePositions, heads)).DetachFromDisposeScope();
        nn.init.normal_(table, std: Deviation);
        index = tensor(WindowGrid.PairPositions()).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var shape = ops.Shape(input);
        var channels = shape[3];
        var grid = new WindowGrid((int)shape[1], (int)shape[2], shifted);

        var windows = grid.Split(ops, input, channels);
        var projected = ops.Apply(qkv, windows);
        TValue Heads(int part) => ops.Reshape(
            ops.Narrow(projected, 2, part * channels, channels), -1, WindowGrid.Patches, heads, channels / heads);
        var query = ops.Permute(Heads(0), 0, 2, 1, 3);
        var key = ops.Permute(Heads(1), 0, 2, 3, 1);
        var value = ops.Permute(Heads(2), 0, 2, 1, 3);

        var scores = ops.MatMul(ops.Scale(query, 1 / Math.Sqrt(channels / heads)), key);
        var weights = ops.Softmax(Biased(ops, scores, grid), 3);
        var attended = ops.Permute(ops.MatMul(weights, value), 0, 2, 1, 3);
        return grid.Join(ops, ops.Apply(proj, ops.Reshape(attended, -1, WindowGrid.Patches, channels)), channels);
    }

    private TValue Biased<TValue>(INetworkOperations<TValue> ops, TValue scores, WindowGrid grid)
    {
        const int Patches = WindowGrid.Patches;
        var bias = table.index_select(0, index).reshape(1, Patches, Patches, heads).permute(0, 3, 1, 2);
        if (!grid.IsShifted)
            return ops.Add(scores, ops.Constant(bias), overwrite: true);
        var masked = bias.unsqueeze(1).add(grid.Mask(table.dtype, table.device), Scalars.One);
        var byWindow = ops.Reshape(scores, -1, grid.Windows, heads, Patches, Patches);
        return ops.Reshape(ops.Add(byWindow, ops.Constant(masked), overwrite: true), -1, heads, Patches, Patches);
    }
}
