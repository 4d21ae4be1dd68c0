using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>A gated attention unit (arXiv 2202.10447) with squared ReLU and a scaled shortcut, on tokens <c>[B, K, D]</c>.</summary>
internal sealed class GatedAttention : NetworkModule
{
    private const int Keys = 128;
    private const int Expansion = 2;

    private readonly int wide;
    private readonly ScaleNorm ln;
    private readonly Linear uv;
    private readonly SiLU activation = nn.SiLU();
    private readonly Linear o;

    // Replaced when the module moves to another device, so not readonly.
    private Parameter gamma;
    private Parameter beta;
    [TorchSharp.Utils.ComponentName(Name = "res_scale")] private Parameter shortcut;

    public GatedAttention(int length)
        : base(nameof(GatedAttention))
    {
        wide = Expansion * length;
        ln = new ScaleNorm();
        uv = nn.Linear(length, 2 * wide + Keys, hasBias: false);
        o = nn.Linear(wide, length, hasBias: false);
        nn.init.xavier_uniform_(uv.weight);
        gamma = (Parameter)new Parameter(rand(2, Keys)).DetachFromDisposeScope();
        beta = (Parameter)new Parameter(rand(2, Keys)).DetachFromDisposeScope();
        shortcut = (Parameter)new Parameter(ones(length)).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        var all = ops.Apply(activation, ops.Apply(uv, ops.Apply(ln, input)));
        var (gate, values, shared) = (ops.Narrow(all, 2, 0, wide), ops.Narrow(all, 2, wide, wide), ops.Narrow(all, 2, 2 * wide, Keys));
        TValue Scaled(int row) => ops.Add(ops.Multiply(shared, ops.Constant(gamma.select(0, row))), ops.Constant(beta.select(0, row)));
        var (queries, keys) = (Scaled(0), Scaled(1));
        var scores = ops.Scale(ops.MatMul(queries, ops.Permute(keys, 0, 2, 1)), 1 / Math.Sqrt(Keys));
        var active = ops.Relu(scores, overwrite: true);
        var attention = ops.Multiply(active, active);
        var answer = ops.Apply(o, ops.Multiply(gate, ops.MatMul(attention, values)));
        return ops.Add(answer, ops.Multiply(input, ops.Constant(shortcut)), overwrite: true);
    }
}
