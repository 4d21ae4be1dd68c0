using ClassroomKD.Networks;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Networks;

public sealed class VisionNetworksTests : TensorFixture
{
    // One of each family, at a size that takes little time.
    private static readonly TestCaseData[] Families =
    [
        new("resnet8", 32), new("resnet20_a", 32), new("cifar_resnet18", 16),
        new("cifar_resnet50", 16), new("wrn_16_1", 32), new("vgg11", 32), new("vgg8", 64),
        new("cifar_mobilenet_v2", 32), new("cifar_shufflenet_v1", 32), new("cifar_shufflenet_v2", 32), new("cifar_efficientnet_b0", 32),
        new("resnet18", 64), new("resnet50", 64), new("mobilenet_v1", 64), new("mobilenet_v2", 64), new("efficientnet_b3", 64),
        new("swin_t", 64),
    ];

    // With 100 classes for small images, 1000 for the others.
    private static readonly (string Name, long Parameters)[] Published =
    [
        ("resnet8", 83_892), ("resnet14", 181_108), ("resnet20", 278_324),
        ("resnet32", 472_756), ("resnet44", 667_188), ("resnet56", 861_620),
        ("resnet110", 1_736_564), ("resnet8x4", 1_233_540), ("resnet32x4", 7_433_860),
        ("resnet20_a", 275_572), ("resnet32_a", 470_004), ("resnet44_a", 664_436), ("resnet56_a", 858_868), ("resnet110_a", 1_733_812),
        ("cifar_resnet18", 11_220_132), ("cifar_resnet34", 21_328_292), ("cifar_resnet50", 23_705_252),
        ("wrn_16_1", 180_916), ("wrn_16_2", 703_284), ("wrn_40_1", 569_780),
        ("wrn_40_2", 2_255_156), ("vgg8", 3_965_028), ("vgg11", 9_277_284),
        ("vgg13", 9_462_180), ("vgg16", 14_774_436), ("vgg19", 20_086_692),
        ("cifar_mobilenet_v2", 812_836), ("cifar_shufflenet_v1", 949_258), ("cifar_shufflenet_v2", 1_355_528),
        ("cifar_efficientnet_b0", 4_135_648), ("resnet18", 11_689_512), ("resnet34", 21_797_672),
        ("resnet50", 25_557_032), ("mobilenet_v1", 4_231_976), ("mobilenet_v2", 3_504_872),
        ("efficientnet_b0", 5_288_548), ("efficientnet_b3", 12_233_232), ("swin_t", 28_288_354),
    ];

    [SetUp]
    public void Open() => manual_seed(11);

    [TearDown]
    public void Close() => LiveTensors.Settled();

    [Test]
    public void Are_found_by_name_in_any_case()
    {
        VisionNetworks.All.Select(network => network.Name).Should().OnlyHaveUniqueItems();
        VisionNetworks.Get("ResNet32x4").Should().BeSameAs(VisionNetworks.Get("resnet32x4"));
        VisionNetworks.Get("efficientnet_b3").ImageSide.Should().Be(300);
        FluentActions.Invoking(() => VisionNetworks.Create("vgg9", 10)).Should().Throw<ArgumentException>()
            .WithMessage("*'vgg9'*resnet8, *vgg8, *swin_t*");
    }

    [Test]
    public void Refuse_what_they_are_not()
    {
        foreach (var network in VisionNetworks.All)
            FluentActions.Invoking(() => network.Create(0)).Should().Throw<ArgumentOutOfRangeException>(network.Name);
        FluentActions.Invoking(() => new ResNet(20, 10)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*18, 34 or 50*");
        FluentActions.Invoking(() => new WideResNet(20, 2, 10)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*6n+4*");
        FluentActions.Invoking(() => new WideResNet(16, 0, 10)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new Vgg(12, 10)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*8, 11, 13, 16 or 19*");
    }

    [Test]
    public void Have_as_many_parameters_as_published_and_describe_themselves_without_a_batch()
    {
        VisionNetworks.All.Select(network => network.Name).Should().Equal(Published.Select(network => network.Name));
        foreach (var (name, parameters) in Published)
        {
            var entry = VisionNetworks.Get(name);
            var side = entry.ImageSide;
            var classes = side == 32 ? 100 : 1000;
            using var network = entry.Create(classes);
            network.parameters().Sum(parameter => parameter.numel()).Should().Be(parameters, name);
            network.Describe(new ShapeOperations(), [-1, 3, side, side]).Should().Equal([-1, classes], name);
            network.Describe(new ShapeOperations(), [-1, 3, 2 * side, side + 32]).Should().Equal([-1, classes], name);
        }
    }

    [TestCaseSource(nameof(Families))]
    public void Learn_with_every_parameter(string name, int side)
    {
        using var network = VisionNetworks.Create(name, 5);
        foreach (var (parameterName, parameter) in network.named_parameters())
            if (parameter.dim() > 1)
                parameter.std().item<float>().Should().BeInRange(0.005f, 2, parameterName);
        var images = randn(3, 3, side, side);
        var resident = LiveTensors.Settled();
        using (NewDisposeScope())
        {
            var logits = network.call(images);
            logits.shape.Should().Equal(3, 5);
            Tensor.TotalCount.Should().Be(resident + 1, "only the answer is new");
            nn.functional.cross_entropy(logits, tensor([0L, 1, 2])).backward();
        }
        using (NewDisposeScope())
            foreach (var (parameterName, parameter) in network.named_parameters())
            {
                var gradient = parameter.grad;
                gradient.Should().NotBeNull($"{name}, {parameterName}");
                gradient!.isfinite().all().item<bool>().Should().BeTrue($"{name}, {parameterName}");
                if (parameter.dim() > 1)
                    gradient.count_nonzero().item<long>().Should().BePositive($"{name}, {parameterName}");
            }
        network.zero_grad();
        Tensor.TotalCount.Should().Be(resident);
    }

    [TestCaseSource(nameof(Families))]
    public void Are_the_same_under_a_seed(string name, int side)
    {
        var images = randn(2, 3, side, side);
        double[][] Run()
        {
            using var inner = NewDisposeScope();
            using var free = no_grad();
            manual_seed(5);
            using var network = VisionNetworks.Create(name, 5);
            var training = network.call(images).Doubles();
            network.eval();
            var evaluation = network.call(images).Doubles();
            network.call(images).Doubles().Should().Equal(evaluation, "evaluation draws nothing and learns nothing");
            network.named_buffers().Where(b => b.name.EndsWith("num_batches_tracked", StringComparison.Ordinal))
                .Select(b => b.buffer.item<long>()).Distinct().Should().BeSubsetOf([1L]);
            return [training, evaluation];
        }
        var first = Run();
        first[0].Should().NotEqual(first[1]).And.OnlyContain(value => double.IsFinite(value));
        Run().Should().BeEquivalentTo(first, options => options.WithStrictOrdering());
    }

    [TestCase("cifar_resnet50", "layer1.0.shortcut.1.running_var", "layer4.2.bn3.num_batches_tracked", "linear.bias")]
    [TestCase("wrn_40_2", "conv1.weight", "block1.layer.0.convShortcut.weight", "block3.layer.5.bn2.weight", "bn1.bias", "fc.weight")]
    [TestCase("vgg13", "block0.0.bias", "block0.4.weight", "block4.3.weight", "classifier.weight")]
    [TestCase(
        "cifar_mobilenet_v2", "conv1.0.weight", "blocks.0.0.conv.7.weight", "blocks.6.0.conv.3.weight", "conv2.1.bias",
        "classifier.0.bias")]
    [TestCase("cifar_shufflenet_v1", "conv1.weight", "layer2.7.bn3.weight", "linear.weight")]
    [TestCase("cifar_shufflenet_v2", "layer1.0.conv5.weight", "layer2.7.bn3.weight", "conv2.weight", "linear.weight")]
    [TestCase("resnet50", "layer2.0.downsample.0.weight", "layer3.5.conv3.weight", "fc.weight")]
    [TestCase("mobilenet_v1", "model.0.0.weight", "model.13.4.weight", "fc.bias")]
    [TestCase("mobilenet_v2", "features.1.conv.0.0.weight", "features.17.conv.3.weight", "features.18.1.bias", "classifier.1.weight")]
    [TestCase(
        "efficientnet_b0", "features.1.0.block.1.fc1.bias", "features.7.0.block.3.1.weight", "features.8.0.weight", "classifier.1.bias")]
    [TestCase(
        "swin_t", "features.0.2.weight", "features.1.1.attn.relative_position_bias_table", "features.2.reduction.weight", "head.bias")]
    [TestCase("swin_t", "features.1.0.attn.relative_position_index", "features.7.1.mlp.3.bias", "norm.weight")]
    public void Have_the_names_of_the_published_checkpoints(string name, params string[] entries)
    {
        using var network = VisionNetworks.Create(name, 100);
        network.state_dict().Keys.Should().Contain(entries);
    }

    [TestCase("wrn_16_1", 32)]
    [TestCase("efficientnet_b0", 64)]
    [TestCase("swin_t", 64)]
    public void Save_and_load(string name, int side)
    {
        using var saved = VisionNetworks.Create(name, 3);
        using var loaded = VisionNetworks.Create(name, 3);
        using var free = no_grad();
        var images = randn(2, 3, side, side);
        saved.call(images);
        using var file = new MemoryStream();
        using (var writer = new BinaryWriter(file, System.Text.Encoding.UTF8, leaveOpen: true))
            saved.save(writer);
        file.Position = 0;
        using (var reader = new BinaryReader(file))
            loaded.load(reader);
        saved.eval();
        loaded.eval();
        loaded.call(images).ShouldBeBitwiseEqual(saved.call(images), "the same network");
    }

    [Test]
    public void Attention_moves_with_its_network()
    {
        using var network = VisionNetworks.Create("swin_t", 3);
        network.to(ScalarType.Float64);
        network.state_dict()["features.1.0.attn.relative_position_index"].dtype.Should().Be(ScalarType.Int64);
        network.call(randn([1, 3, 64, 64], ScalarType.Float64)).dtype.Should().Be(ScalarType.Float64);
    }
}
