using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;
using TorchSharp.Utils;

namespace ClassroomKD.Pose;

/// <summary>HRNet (arXiv 1902.09212): four parallel resolutions, from <c>[B, 3, H, W]</c> to heatmaps <c>[B, K, H/4, W/4]</c>.</summary>
/// <remarks>
/// H and W must be multiples of 32. Parameters are named as in the published PyTorch code (<c>stage2.0.branches.0.0.conv1.weight</c>). The
/// caller disposes the network.
/// </remarks>
public sealed class HrNet : NetworkModule
{
    private readonly Conv2d conv1;
    private readonly BatchNormalization bn1;
    private readonly Conv2d conv2;
    private readonly BatchNormalization bn2;
    private readonly Sequential layer1;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> transition1;
    private readonly ModuleList<HrNetExchange> stage2;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> transition2;
    private readonly ModuleList<HrNetExchange> stage3;
    private readonly ModuleList<nn.Module<Tensor, Tensor>> transition3;
    private readonly ModuleList<HrNetExchange> stage4;
    [ComponentName(Name = "final_layer")] private readonly Conv2d maps;

    private HrNet(int width, int joints)
        : base(nameof(HrNet))
    {
        PoseLayers.RequireJoints(joints);
        (conv1, bn1) = (Layers.Convolution(3, 64, 3, 2), new BatchNormalization(64));
        (conv2, bn2) = (Layers.Convolution(64, 64, 3, 2), new BatchNormalization(64));
        layer1 = ResidualBlock.Stage(64, 64, 4, bottleneck: true);
        int[] all = [width, 2 * width, 4 * width, 8 * width];
        transition1 = Transition([256], all[..2]);
        stage2 = Stage(1, all[..2], 2);
        transition2 = Transition(all[..2], all[..3]);
        stage3 = Stage(4, all[..3], 3);
        transition3 = Transition(all[..3], all);
        stage4 = Stage(3, all, 1);
        maps = PoseLayers.Maps(width, joints);
        RegisterComponents();
    }

    /// <summary>HRNet-W32: 28,536,113 parameters with 17 joints; 74.9 COCO AP at 192x256 is published.</summary>
    /// <param name="joints">The number of joints K. Default 17, COCO's.</param>
    /// <returns>A network with random weights in training mode.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no joint.</exception>
    public static HrNet W32(int joints = 17) => new(32, joints);

    /// <summary>HRNet-W48: 63,595,745 parameters with 17 joints; 75.6 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="W32" path="/*[not(self::summary)]"/>
    public static HrNet W48(int joints = 17) => new(48, joints);

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The images are not <c>[B, 3, H, W]</c> with sides that are multiples of 32.</exception>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        ArgumentNullException.ThrowIfNull(ops);
        PoseLayers.RequireImages(ops.Shape(input));
        var x = ops.Relu(ops.Apply(bn1, ops.Apply(conv1, input)), overwrite: true);
        x = ops.Relu(ops.Apply(bn2, ops.Apply(conv2, x)), overwrite: true);
        x = ops.Apply(layer1, x);
        var resolutions = Run(ops, stage2, Enter(ops, transition1, [x]));
        resolutions = Run(ops, stage3, Enter(ops, transition2, resolutions));
        resolutions = Run(ops, stage4, Enter(ops, transition3, resolutions));
        return ops.Apply(maps, resolutions[0]);
    }

    private static TValue[] Enter<TValue>(
        INetworkOperations<TValue> ops, ModuleList<nn.Module<Tensor, Tensor>> transition, TValue[] before) =>
        [.. transition.Select((path, i) => PoseLayers.Along(ops, path, before[Math.Min(i, before.Length - 1)]))];

    private static TValue[] Run<TValue>(INetworkOperations<TValue> ops, ModuleList<HrNetExchange> stage, TValue[] resolutions) =>
        stage.Aggregate(resolutions, (x, exchange) => exchange.Describe(ops, x));

    // A resolution continues unchanged, with other channels, or as the halved lowest one.
    private static ModuleList<nn.Module<Tensor, Tensor>> Transition(int[] before, int[] after) =>
        new([.. after.Select((channels, i) => i >= before.Length
            ? nn.Sequential(Layers.ConvolutionNorm(before[^1], channels, 3, 2, activation: Layers.Relu()))
            : before[i] == channels ? (nn.Module<Tensor, Tensor>)nn.Identity()
            : Layers.ConvolutionNorm(before[i], channels, 3, activation: Layers.Relu()))]);

    private static ModuleList<HrNetExchange> Stage(int count, int[] channels, int outputs) =>
        new([.. Enumerable.Range(1, count).Select(i => new HrNetExchange(channels, i == count ? outputs : channels.Length))]);
}
