using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>HRNet's module: blocks on each resolution, then every resolution takes in all others.</summary>
internal sealed class HrNetExchange : nn.Module<Tensor[], Tensor[]>
{
    private const int Blocks = 4;

    [ComponentName(Name = "branches")] private readonly ModuleList<Sequential> _branches;
    [ComponentName(Name = "fuse_layers")] private readonly ModuleList<ModuleList<nn.Module<Tensor, Tensor>>> _fuse;

    /// <param name="channels">of each resolution, highest first</param>
    /// <param name="outputs">how many resolutions are answered, highest first</param>
    public HrNetExchange(int[] channels, int outputs) : base(nameof(HrNetExchange))
    {
        _branches = new ModuleList<Sequential>([.. channels.Select(c =>
            nn.Sequential([.. Enumerable.Range(0, Blocks).Select(_ => new BasicBlock(c, c))]))]);
        _fuse = new ModuleList<ModuleList<nn.Module<Tensor, Tensor>>>([.. Enumerable.Range(0, outputs).Select(to =>
            new ModuleList<nn.Module<Tensor, Tensor>>([.. Enumerable.Range(0, channels.Length).Select(from => Path(channels, from, to))]))]);
        RegisterComponents();
    }

    public override Tensor[] forward(Tensor[] input)
    {
        using var scope = NewDisposeScope();
        var branches = input.Select((x, i) => _branches[i].call(x)).ToArray();
        return [.. _fuse.Select(paths => Fuse(branches, paths).MoveToOuterDisposeScope())];
    }

    private static Tensor Fuse(Tensor[] branches, ModuleList<nn.Module<Tensor, Tensor>> paths)
    {
        var sum = paths[0].call(branches[0]);
        for (var i = 1; i < branches.Length; i++)
            sum = sum.add(paths[i].call(branches[i]), Scalars.One);
        return sum.relu();
    }

    private static nn.Module<Tensor, Tensor> Path(int[] channels, int from, int to)
    {
        if (from == to)
            return nn.Identity();
        if (from > to)
        {
            double factor = 1 << (from - to);
            return Layers.ConvNorm(channels[from], channels[to], 1, then: nn.Upsample(scale_factor: [factor, factor]));
        }
        var halvings = Enumerable.Range(from + 1, to - from).Select(level => level == to
            ? Layers.ConvNorm(channels[from], channels[to], 3, 2)
            : Layers.ConvNorm(channels[from], channels[from], 3, 2, then: nn.ReLU()));
        return nn.Sequential([.. halvings]);
    }
}
