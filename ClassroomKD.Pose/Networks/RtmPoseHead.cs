using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>RTMPose's head: one token per joint, gated attention among the tokens, bins of x and y.</summary>
internal sealed class RtmPoseHead : nn.Module<Tensor, SimccAnswer>
{
    private const int Hidden = 256;

    [ComponentName(Name = "final_layer")] private readonly Conv2d _maps;
    [ComponentName(Name = "mlp")] private readonly Sequential _mlp;
    [ComponentName(Name = "gau")] private readonly GatedAttention _gau;
    [ComponentName(Name = "cls_x")] private readonly Linear _x;
    [ComponentName(Name = "cls_y")] private readonly Linear _y;

    public RtmPoseHead(int channels, int joints, int cells, int binsX, int binsY) : base(nameof(RtmPoseHead))
    {
        _maps = Layers.Conv(channels, joints, 7, bias: true);
        _mlp = nn.Sequential(new ScaleNorm(), nn.Linear(cells, Hidden, hasBias: false));
        _gau = new GatedAttention(Hidden);
        (_x, _y) = (nn.Linear(Hidden, binsX, hasBias: false), nn.Linear(Hidden, binsY, hasBias: false));
        nn.init.normal_(_x.weight, 0, .01);
        nn.init.normal_(_y.weight, 0, .01);
        RegisterComponents();
    }

    public override SimccAnswer forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var tokens = _gau.call(_mlp.call(_maps.call(input).flatten(2)));
        return new SimccAnswer(_x.call(tokens).MoveToOuterDisposeScope(), _y.call(tokens).MoveToOuterDisposeScope());
    }
}

/// <summary>Divides each token by the root of its mean square (arXiv 1910.05895).</summary>
internal sealed class ScaleNorm : nn.Module<Tensor, Tensor>
{
    // The square of the least root, 1e-5: the root of 0 has no gradient.
    private static readonly Scalar s_least = 1e-10;

    // Replaced when the module moves to another device, so not readonly.
    [ComponentName(Name = "g")] private Parameter _gain;

    public ScaleNorm() : base(nameof(ScaleNorm))
    {
        _gain = (Parameter)new Parameter(ones(1)).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (input / input.Squared().mean([-1], true).clamp_min(s_least).sqrt() * _gain).MoveToOuterDisposeScope();
    }
}

/// <summary>A gated attention unit (arXiv 2202.10447) with squared ReLU and a scaled shortcut.</summary>
internal sealed class GatedAttention : nn.Module<Tensor, Tensor>
{
    private const int Keys = 128;
    private const int Expansion = 2;

    private static readonly Scalar s_scale = 1 / Math.Sqrt(Keys);

    private readonly int _wide;
    [ComponentName(Name = "ln")] private readonly ScaleNorm _norm;
    [ComponentName(Name = "uv")] private readonly Linear _uv;
    [ComponentName(Name = "o")] private readonly Linear _output;

    // Replaced when the module moves to another device, so not readonly.
    [ComponentName(Name = "gamma")] private Parameter _gamma;
    [ComponentName(Name = "beta")] private Parameter _beta;
    [ComponentName(Name = "res_scale")] private Parameter _shortcut;

    public GatedAttention(int length) : base(nameof(GatedAttention))
    {
        _wide = Expansion * length;
        _norm = new ScaleNorm();
        _uv = nn.Linear(length, 2 * _wide + Keys, hasBias: false);
        _output = nn.Linear(_wide, length, hasBias: false);
        nn.init.xavier_uniform_(_uv.weight);
        _gamma = (Parameter)new Parameter(rand(2, Keys)).DetachFromDisposeScope();
        _beta = (Parameter)new Parameter(rand(2, Keys)).DetachFromDisposeScope();
        _shortcut = (Parameter)new Parameter(ones(length)).DetachFromDisposeScope();
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var all = nn.functional.silu(_uv.call(_norm.call(input)));
        var (gate, values, shared) = (all.narrow(2, 0, _wide), all.narrow(2, _wide, _wide), all.narrow(2, 2 * _wide, Keys));
        var both = (shared.unsqueeze(2) * _gamma).add(_beta, Scalars.One);
        var (queries, keys) = (both.select(2, 0), both.select(2, 1));
        var attention = queries.matmul(keys.transpose(1, 2)).mul(s_scale).relu().Squared();
        var answer = _output.call(gate * attention.matmul(values));
        return (input * _shortcut).add(answer, Scalars.One).MoveToOuterDisposeScope();
    }
}
