using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Pose;

/// <summary>HRNet's module: blocks on each resolution, then the fusion of all resolutions.</summary>
internal sealed class HrNetExchange : nn.Module
{
    private const int Blocks = 4;

    private readonly ModuleList<Sequential> branches;
    [ComponentName(Name = "fuse_layers")] private readonly ModuleList<ModuleList<nn.Module<Tensor, Tensor>>> fuse;

    /// <param name="channels">The channels of each resolution, highest first.</param>
    /// <param name="outputs">The number of resolutions of the output, highest first.</param>
    public HrNetExchange(int[] channels, int outputs)
        : base(nameof(HrNetExchange))
    {
        branches = new ModuleList<Sequential>([.. channels.Select(c => ResidualBlock.Stage(c, c, Blocks))]);
        fuse = new ModuleList<ModuleList<nn.Module<Tensor, Tensor>>>([.. Enumerable.Range(0, outputs).Select(to =>
            new ModuleList<nn.Module<Tensor, Tensor>>([.. channels.Select((_, from) => Path(channels, from, to))]))]);
        RegisterComponents();
    }

    public TValue[] Describe<TValue>(INetworkOperations<TValue> ops, TValue[] inputs)
    {
        var refined = inputs.Select((x, i) => ops.Apply(branches[i], x)).ToArray();
        return [.. fuse.Select(paths => Fuse(ops, refined, paths))];
    }

    private static TValue Fuse<TValue>(INetworkOperations<TValue> ops, TValue[] refined, ModuleList<nn.Module<Tensor, Tensor>> paths)
    {
        // The first path may be the branch itself, which others read too.
        var sum = PoseLayers.Along(ops, paths[0], refined[0]);
        for (var i = 1; i < refined.Length; i++)
            sum = ops.Add(sum, PoseLayers.Along(ops, paths[i], refined[i]), overwrite: i > 1);
        return ops.Relu(sum, overwrite: true);
    }

    private static nn.Module<Tensor, Tensor> Path(int[] channels, int from, int to)
    {
        if (from == to)
            return nn.Identity();
        if (from > to)
        {
            double factor = 1 << (from - to);
            return Layers.ConvolutionNorm(channels[from], channels[to], 1, activation: nn.Upsample(scale_factor: [factor, factor]));
        }
        var halvings = Enumerable.Range(from + 1, to - from).Select(level => level == to
            ? Layers.ConvolutionNorm(channels[from], channels[to], 3, 2)
            : Layers.ConvolutionNorm(channels[from], channels[from], 3, 2, activation: Layers.Relu()));
        return nn.Sequential([.. halvings]);
    }
}
