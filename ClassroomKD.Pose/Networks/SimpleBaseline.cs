using ClassroomKD.Imaging;
using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Pose;

/// <summary>
/// SimpleBaseline (arXiv 1804.06208): a classification backbone and three deconvolutions, from <c>[B, 3, H, W]</c> to heatmaps
/// <c>[B, K, H/4, W/4]</c>.
/// </summary>
/// <remarks>
/// H and W must be multiples of 32. Parameters of the ResNets are named as in the published PyTorch code (<c>layer1.0.conv1.weight</c>,
/// <c>deconv_layers.0.weight</c>, <c>final_layer.weight</c>). The caller disposes the network.
/// </remarks>
public sealed class SimpleBaseline : NetworkModule
{
    private const int Filters = 256;

    private readonly nn.Module<Tensor, Tensor>[] parts;

    private SimpleBaseline(params (string Name, nn.Module<Tensor, Tensor> Module)[] parts)
        : base(nameof(SimpleBaseline))
    {
        this.parts = [.. parts.Select(part => part.Module)];
        foreach (var (name, module) in parts)
            register_module(name, module);
    }

    /// <summary>On ResNet-18: 15,376,721 parameters with 17 joints.</summary>
    /// <param name="joints">The number of joints K. Default 17, COCO's.</param>
    /// <returns>A network with random weights in training mode.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no joint.</exception>
    public static SimpleBaseline ResNet18(int joints = 17) => OnResNet(joints, false, 2, 2, 2, 2);

    /// <summary>On ResNet-34: 25,484,881 parameters with 17 joints.</summary>
    /// <inheritdoc cref="ResNet18" path="/*[not(self::summary)]"/>
    public static SimpleBaseline ResNet34(int joints = 17) => OnResNet(joints, false, 3, 4, 6, 3);

    /// <summary>On ResNet-50: 33,999,697 parameters with 17 joints; 71.8 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="ResNet18" path="/*[not(self::summary)]"/>
    public static SimpleBaseline ResNet50(int joints = 17) => OnResNet(joints, true, 3, 4, 6, 3);

    /// <summary>On ResNet-101: 52,991,825 parameters with 17 joints; 72.8 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="ResNet18" path="/*[not(self::summary)]"/>
    public static SimpleBaseline ResNet101(int joints = 17) => OnResNet(joints, true, 3, 4, 23, 3);

    /// <summary>On ResNet-152: 68,635,473 parameters with 17 joints; 73.6 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="ResNet18" path="/*[not(self::summary)]"/>
    public static SimpleBaseline ResNet152(int joints = 17) => OnResNet(joints, true, 3, 8, 36, 3);

    /// <summary>On MobileNetV2: 9,569,809 parameters with 17 joints; 64.8 COCO AP at 192x256 is published.</summary>
    /// <inheritdoc cref="ResNet18" path="/*[not(self::summary)]"/>
    public static SimpleBaseline MobileNetV2(int joints = 17)
    {
        PoseLayers.RequireJoints(joints);
        return new SimpleBaseline(
            ("features", MobileNetV2Backbone.Create(InvertedResidual.Grouped)),
            ("deconv_layers", Deconvolutions(MobileNetV2Backbone.Channels)),
            ("final_layer", PoseLayers.Maps(Filters, joints)));
    }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The images are not <c>[B, 3, H, W]</c> with sides that are multiples of 32.</exception>
    public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
    {
        ArgumentNullException.ThrowIfNull(ops);
        PoseLayers.RequireImages(ops.Shape(input));
        return parts.Aggregate(input, (x, part) => ops.Apply(part, x));
    }

    private static SimpleBaseline OnResNet(int joints, bool bottleneck, params int[] blocks)
    {
        PoseLayers.RequireJoints(joints);
        var stages = new nn.Module<Tensor, Tensor>[blocks.Length];
        var channels = 64;
        for (var i = 0; i < blocks.Length; i++)
        {
            stages[i] = ResidualBlock.Stage(channels, 64 << i, blocks[i], i == 0 ? 1 : 2, bottleneck);
            channels = bottleneck ? (64 << i) * ResidualBlock.Expansion : 64 << i;
        }
        return new SimpleBaseline(
            ("conv1", nn.Conv2d(3, 64, 7, 2, 3, bias: false)), ("bn1", new BatchNormalization(64)), ("relu", nn.ReLU()),
            ("maxpool", nn.MaxPool2d(3, 2, 1)),
            ("layer1", stages[0]), ("layer2", stages[1]), ("layer3", stages[2]), ("layer4", stages[3]),
            ("deconv_layers", Deconvolutions(channels)), ("final_layer", PoseLayers.Maps(Filters, joints)));
    }

    private static Sequential Deconvolutions(int channels)
    {
        var layers = new List<nn.Module<Tensor, Tensor>>();
        for (var i = 0; i < 3; i++)
        {
            var deconvolution = nn.ConvTranspose2d(i == 0 ? channels : Filters, Filters, 4, 2, 1, bias: false);
            nn.init.normal_(deconvolution.weight, 0, .001);
            layers.AddRange([deconvolution, new BatchNormalization(Filters), nn.ReLU()]);
        }
        return nn.Sequential([.. layers]);
    }
}
