using ClassroomKD.Imaging;
using ClassroomKD.Networks;

namespace ClassroomKD.Vision;

/// <summary>The networks of the field by name, for configuration files and tables.</summary>
/// <remarks>
/// Names are the literature's, and case does not matter. The prefix <c>cifar_</c> marks the form for 32x32 images of a family that also
/// exists for ImageNet; <c>_a</c> behind a ResNet's depth, the paper's own shortcuts of zeros (option A) in place of convolutions.
/// </remarks>
public static class VisionNetworks
{
    private const int Small = 32;
    private const int Usual = 224;

    /// <summary>All networks, the small images' first.</summary>
    public static IReadOnlyList<VisionNetwork> All { get; } =
    [
        Cifar("resnet8", classes => new CifarResNet(8, classes)),
        Cifar("resnet14", classes => new CifarResNet(14, classes)),
        Cifar("resnet20", classes => new CifarResNet(20, classes)),
        Cifar("resnet32", classes => new CifarResNet(32, classes)),
        Cifar("resnet44", classes => new CifarResNet(44, classes)),
        Cifar("resnet56", classes => new CifarResNet(56, classes)),
        Cifar("resnet110", classes => new CifarResNet(110, classes)),
        Cifar("resnet8x4", classes => new CifarResNet(8, classes, [32, 64, 128, 256])),
        Cifar("resnet32x4", classes => new CifarResNet(32, classes, [32, 64, 128, 256])),
        OptionA(20), OptionA(32), OptionA(44), OptionA(56), OptionA(110),
        Cifar("cifar_resnet18", classes => new ResNet(18, classes, smallImages: true)),
        Cifar("cifar_resnet34", classes => new ResNet(34, classes, smallImages: true)),
        Cifar("cifar_resnet50", classes => new ResNet(50, classes, smallImages: true)),
        Cifar("wrn_16_1", classes => new WideResNet(16, 1, classes)),
        Cifar("wrn_16_2", classes => new WideResNet(16, 2, classes)),
        Cifar("wrn_40_1", classes => new WideResNet(40, 1, classes)),
        Cifar("wrn_40_2", classes => new WideResNet(40, 2, classes)),
        Cifar("vgg8", classes => new Vgg(8, classes)),
        Cifar("vgg11", classes => new Vgg(11, classes)),
        Cifar("vgg13", classes => new Vgg(13, classes)),
        Cifar("vgg16", classes => new Vgg(16, classes)),
        Cifar("vgg19", classes => new Vgg(19, classes)),
        Cifar("cifar_mobilenet_v2", classes => new CifarMobileNetV2(classes)),
        Cifar("cifar_shufflenet_v1", classes => new ShuffleNetV1(classes)),
        Cifar("cifar_shufflenet_v2", classes => new ShuffleNetV2(classes)),
        new("cifar_efficientnet_b0", Small, CheckpointNames.Torchvision, classes => EfficientNet.B0(classes, smallImages: true)),
        new("resnet18", Usual, CheckpointNames.Torchvision, classes => new ResNet(18, classes)),
        new("resnet34", Usual, CheckpointNames.Torchvision, classes => new ResNet(34, classes)),
        new("resnet50", Usual, CheckpointNames.Torchvision, classes => new ResNet(50, classes)),
        new("mobilenet_v1", Usual, CheckpointNames.Mdistiller, classes => new MobileNetV1(classes)),
        new("mobilenet_v2", Usual, CheckpointNames.Torchvision, classes => new MobileNetV2(classes)),
        new("efficientnet_b0", Usual, CheckpointNames.Torchvision, classes => EfficientNet.B0(classes)),
        new("efficientnet_b3", 300, CheckpointNames.Torchvision, classes => EfficientNet.B3(classes)),
        new("swin_t", Usual, CheckpointNames.Torchvision, classes => new SwinTransformer(classes)),
    ];

    /// <summary>The network of a name.</summary>
    /// <param name="name">One of the names of <see cref="All"/>; case does not matter.</param>
    /// <exception cref="ArgumentException">No network has this name; the message lists all.</exception>
    public static VisionNetwork Get(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        return All.FirstOrDefault(network => network.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
            ?? throw new ArgumentException(
                $"No network is named '{name}'; expected one of {string.Join(", ", All.Select(network => network.Name))}.", nameof(name));
    }

    /// <summary>Makes the network of a name, with random weights from the global torch generator, in training mode.</summary>
    /// <param name="name">One of the names of <see cref="All"/>; case does not matter.</param>
    /// <param name="numClasses">The number of classes, at least 1.</param>
    /// <returns>A network; the caller disposes it.</returns>
    /// <exception cref="ArgumentException">No network has this name; the message lists all.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no class.</exception>
    public static NetworkModule Create(string name, int numClasses) => Get(name).Create(numClasses);

    private static VisionNetwork OptionA(int depth) => new(
        $"resnet{depth}_a", Small, CheckpointNames.PytorchResNetCifar10,
        classes => new CifarResNet(depth, classes, shortcut: ResidualShortcut.ZeroPadding));

    private static VisionNetwork Cifar(string name, Func<int, NetworkModule> create) =>
        new(name, Small, CheckpointNames.RepDistiller, create);
}
