using ClassroomKD.Networks;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>
/// HRNet (arXiv 1902.09212): four resolutions side by side, from <c>[B, 3, H, W]</c> to heatmaps <c>[B, K, H/4, W/4]</c>.
/// </summary>
/// <remarks>
/// H and W must be multiples of 32. Parameters are named as in the published PyTorch code (<c>stage2.0.branches.0.0.conv1.weight</c>). No
/// temporary scalars in forward. The caller disposes the network.
/// </remarks>
public sealed class HrNet : nn.Module<Tensor, Tensor>
{
    [ComponentName(Name = "conv1")] private readonly Conv2d _conv1;
    [ComponentName(Name = "bn1")] private readonly BatchNormalization _bn1;
    [ComponentName(Name = "conv2")] private readonly Conv2d _conv2;
    [ComponentName(Name = "bn2")] private readonly BatchNormalization _bn2;
    [ComponentName(Name = "layer1")] private readonly Sequential _layer1;
    [ComponentName(Name = "transition1")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _transition1;
    [ComponentName(Name = "stage2")] private readonly ModuleList<HrNetExchange> _stage2;
    [ComponentName(Name = "transition2")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _transition2;
    [ComponentName(Name = "stage3")] private readonly ModuleList<HrNetExchange> _stage3;
    [ComponentName(Name = "transition3")] private readonly ModuleList<nn.Module<Tensor, Tensor>> _transition3;
    [ComponentName(Name = "stage4")] private readonly ModuleList<HrNetExchange> _stage4;
    [ComponentName(Name = "final_layer")] private readonly Conv2d _final;

    private HrNet(int width, int joints) : base(nameof(HrNet))
    {
        Layers.RequireJoints(joints);
        (_conv1, _bn1) = (Layers.Conv(3, 64, 3, 2), new BatchNormalization(64));
        (_conv2, _bn2) = (Layers.Conv(64, 64, 3, 2), new BatchNormalization(64));
        _layer1 = nn.Sequential(new Bottleneck(64, 64), new Bottleneck(256, 64), new Bottleneck(256, 64), new Bottleneck(256, 64));
        int[] all = [width, 2 * width, 4 * width, 8 * width];
        _transition1 = Transition([256], all[..2]);
        _stage2 = Stage(1, all[..2], 2);
        _transition2 = Transition(all[..2], all[..3]);
        _stage3 = Stage(4, all[..3], 3);
        _transition3 = Transition(all[..3], all);
        _stage4 = Stage(3, all, 1);
        _final = Layers.Maps(width, joints);
        RegisterComponents();
    }

    /// <summary>HRNet-W32: 28,536,113 parameters with 17 joints; 74.9 COCO AP at 192x256 is published.</summary>
    /// <param name="joints">the number of joints K; default 17, COCO's</param>
    /// <returns>A network with random weights in training mode.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no joint.</exception>
    public static HrNet W32(int joints = 17) => new(32, joints);

    /// <summary>HRNet-W48: 63,595,745 parameters with 17 joints; 75.6 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="W32" path="/*[not(self::summary)]"/>
    public static HrNet W48(int joints = 17) => new(48, joints);

    /// <summary>Heatmaps of a batch of images.</summary>
    /// <param name="input"><c>[B, 3, H, W]</c></param>
    /// <returns><c>[B, K, H/4, W/4]</c>; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The images are not <c>[B, 3, H, W]</c> with sides that are multiples of 32.</exception>
    public override Tensor forward(Tensor input)
    {
        Layers.RequireImages(input);
        using var scope = NewDisposeScope();
        var x = _bn1.call(_conv1.call(input)).relu();
        x = _bn2.call(_conv2.call(x)).relu();
        x = _layer1.call(x);
        var resolutions = Run(_stage2, Enter(_transition1, [x]));
        resolutions = Run(_stage3, Enter(_transition2, resolutions));
        resolutions = Run(_stage4, Enter(_transition3, resolutions));
        return _final.call(resolutions[0]).MoveToOuterDisposeScope();
    }

    private static Tensor[] Enter(ModuleList<nn.Module<Tensor, Tensor>> transition, Tensor[] before) =>
        [.. transition.Select((path, i) => path.call(before[Math.Min(i, before.Length - 1)]))];

    private static Tensor[] Run(ModuleList<HrNetExchange> stage, Tensor[] resolutions) =>
        stage.Aggregate(resolutions, (x, exchange) => exchange.call(x));

    // A resolution goes on as it is, with other channels, or halved from the lowest one before.
    private static ModuleList<nn.Module<Tensor, Tensor>> Transition(int[] before, int[] after) =>
        new([.. after.Select((channels, i) => i >= before.Length
            ? nn.Sequential(Layers.ConvNorm(before[^1], channels, 3, 2, then: nn.ReLU()))
            : before[i] == channels ? (nn.Module<Tensor, Tensor>)nn.Identity()
            : Layers.ConvNorm(before[i], channels, 3, then: nn.ReLU()))]);

    private static ModuleList<HrNetExchange> Stage(int count, int[] channels, int outputs) =>
        new([.. Enumerable.Range(1, count).Select(i => new HrNetExchange(channels, i == count ? outputs : channels.Length))]);
}
