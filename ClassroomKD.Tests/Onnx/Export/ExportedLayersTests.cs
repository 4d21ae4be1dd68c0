using ClassroomKD.Networks;
using ClassroomKD.Onnx;
using TorchSharp.Modules;
using static TorchSharp.torch.nn;

namespace ClassroomKD.Tests.Onnx.Export;

/// <summary>The settings of layers that no network of ours uses, and what cannot be exported.</summary>
public sealed class ExportedLayersTests
{
    private const int Channels = 6;

    private static readonly TestCaseData[] Layers =
    [
        Case("dilated, grouped convolution", () => Conv2d(Channels, 12, 3, stride: 2, padding: 2, dilation: 2, groups: 3), 12),
        Case("oblong convolution", () => Conv2d(Channels, 4, (3, 5), (1, 2), (0, 2)), 4),
        Case("transposed convolution", () => ConvTranspose2d(Channels, 4, 3, stride: 2, padding: 1, output_padding: 1, groups: 2), 4),
        Case("maximum, floor", () => MaxPool2d(3, 2), Channels),
        Case("maximum, ceiling", () => MaxPool2d(3, 2, ceil_mode: true), Channels),
        Case("maximum, ceiling, padded", () => MaxPool2d(2, 3, 1, ceil_mode: true), Channels),
        Case("maximum, ceiling, dilated", () => MaxPool2d(3, 2, 1, dilation: 2, ceil_mode: true), Channels),
        Case("mean, ceiling, a window less", () => AvgPool2d(2, 3, 1, ceil_mode: true), Channels),
        Case("maximum, dilated", () => MaxPool2d(3, 1, 1, dilation: 2), Channels),
        Case("mean", () => AvgPool2d(3, 2, 1), Channels),
        Case("shuffle", () => ChannelShuffle(2), Channels),
        Case("mean without the padding", () => AvgPool2d(3, 2, 1, count_include_pad: false), Channels),
        Case("mean, ceiling", () => AvgPool2d(3, 2, ceil_mode: true), Channels),
        Case("mean, ceiling, padded", () => AvgPool2d(3, 2, 1, ceil_mode: true), Channels),
        Case("mean, ceiling, without the padding", () => AvgPool2d(3, 2, 1, ceil_mode: true, count_include_pad: false), Channels),
        Case("mean of all", () => AdaptiveAvgPool2d(1), Channels),
        Case("mean to an even size", () => AdaptiveAvgPool2d([5, 13]), Channels),
        Case("mean to an odd size", () => AdaptiveAvgPool2d([3, 7]), Channels),
        Case("mean to a larger size", () => AdaptiveAvgPool2d([12, 20]), Channels),
        Case("flat", () => Sequential(MaxPool2d(5), Flatten()), Channels * 2 * 2),
        Case("flat rows and columns", () => Flatten(2, 3), Channels),
        Case("flat channels and rows", () => Flatten(1, -2), Channels * 10),
        Case("normalized by TorchSharp", () => Settled(BatchNorm2d(Channels)), Channels),
        Case("normalized by TorchSharp, without scale", () => Settled(BatchNorm2d(Channels, affine: false)), Channels),
        Case("enlarged by factors", () => Upsample(scale_factor: [2, 3]), Channels),
        Case("enlarged to a size", () => Upsample([20, 31]), Channels),
        Case("normalized over rows and columns", () => LayerNorm([10, 13]), Channels),
        Case("normalized without scale", () => LayerNorm([10, 13], elementwise_affine: false), Channels),
        Case(
            "activations",
            () => Sequential(
                GELU(), LeakyReLU(0.1), SiLU(), Hardswish(), ReLU6(), ReLU(), Tanh(), Sigmoid(), Dropout(), Dropout2d(), Identity()),
            Channels),
        Case("connected along columns", () => Linear(13, 4), Channels),
    ];

    [TestCaseSource(nameof(Layers))]
    public void Answer_as_they_do_here(Func<nn.Module<Tensor, Tensor>> create, int outputs)
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        using var free = no_grad();
        using var folder = new TemporaryFolder();
        using var layer = create();
        layer.eval();
        var path = Path.Combine(folder.Root, "layer.onnx");
        OnnxFile.Write(path, layer, ExportCase.Card(outputs, 10, 13, Channels));
        using var file = new OnnxModel(path);
        var input = randn(2, Channels, 10, 13).mul(4);
        ExportCase.Distance([file.call(input)], [layer.call(input)]).Should().BeLessThan(1e-5);
    }

    [Test]
    public void Operations_answer_as_they_do_here()
    {
        using var network = new Operations();
        var (onnx, prepared) = ExportCase.Distances(network, 4, 10, 13);
        onnx.Should().BeLessThan(1e-5);
        prepared.Should().BeLessThan(1e-5);
    }

    [Test]
    public void What_cannot_be_exported_is_named_and_leaves_the_file_as_it_was()
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("student.onnx", [1, 2, 3]);
        void Refused(nn.Module network, string message)
        {
            using (network)
                FluentActions.Invoking(() => OnnxFile.Write(path, network, ExportCase.Card(4, 8, 8)))
                    .Should().Throw<NotSupportedException>().WithMessage(message);
            Directory.GetFiles(folder.Root).Should().Equal(path);
            File.ReadAllBytes(path).Should().Equal(1, 2, 3);
        }
        Refused(Sequential(Conv2d(3, 4, 3), Tanhshrink()), "*Modules.Tanhshrink*");
        Refused(BatchNorm2d(3, track_running_stats: false), "*BatchNorm2d*mixes the samples*");
        Refused(Flatten(0), "*Flatten*dimension 0*joins the samples*");
        Refused(new OwnForward(), "*OwnForward*forward of its own*NetworkModule*");
        Refused(Conv2d(3, 4, 3, padding: TorchSharp.Padding.Same), "*Conv2d*Same*");
        Refused(Conv2d(3, 4, 3, padding: 1, padding_mode: PaddingModes.Reflect), "*Conv2d*Reflect*");
        Refused(AvgPool2d(3, divisor_override: 2), "*AvgPool2d*");
        Refused(Upsample([16, 16], mode: UpsampleMode.Bilinear), "*Upsample*");
        Refused(new ModuleList<nn.Module>(), "*ModuleList*");
        Refused(new Huge(), "*2,400,000,*at most 2,147,483,647*");
    }

    [Test]
    public void A_student_of_TorchSharps_layers_is_exported_and_is_a_prepared_mentor()
    {
        manual_seed(2);
        using var folder = new TemporaryFolder();
        using var scope = NewDisposeScope();
        using var network = Sequential(
            Conv2d(3, 8, 3, padding: 1, bias: false), BatchNorm2d(8), ReLU(), MaxPool2d(2),
            Sequential(Conv2d(8, 12, 3, padding: 1), BatchNorm2d(12), ReLU(inplace: true), Dropout2d(0.2)),
            new Layered(), AdaptiveAvgPool2d(2), Flatten(), Dropout(0.5), Linear(48, 5));
        foreach (var layer in network.modules().OfType<BatchNorm2d>())
            Settled(layer);
        network.eval();
        var path = Path.Combine(folder.Root, "student.onnx");
        OnnxFile.Write(path, network, ExportCase.Card(5, 16, 12));
        using var file = new OnnxModel(path);
        using var mentor = new Mentor("prepared", network, new MentorOptions { Inference = new() { Type = ScalarType.Float32 } });
        using var plain = new Mentor("plain", x => network.call(x));
        foreach (var batch in new[] { 1, 5 })
        {
            var images = randn(batch, 3, 16, 12);
            var expected = plain.Answer(images);
            ExportCase.Distance([file.call(images)], [expected]).Should().BeLessThan(1e-5);
            ExportCase.Distance([mentor.Answer(images)], [expected]).Should().BeLessThan(1e-5);
        }
    }

    [Test]
    public void What_mixes_the_samples_of_a_batch_is_not_prepared()
    {
        manual_seed(2);
        using var scope = NewDisposeScope();
        var images = randn(40, 3, 8, 8);
        foreach (var odd in new nn.Module<Tensor, Tensor>[] { BatchNorm2d(4, track_running_stats: false), new OwnForward() })
        {
            using var network = Sequential(Conv2d(3, 4, 3), odd, AdaptiveAvgPool2d(1), Flatten());
            using var mentor = new Mentor("as it is", network);
            using var free = no_grad();
            mentor.Answer(images).ShouldBeBitwiseEqual(network.call(images), odd.GetName());
            var typed = new MentorOptions { Inference = new() { Type = ScalarType.BFloat16 } };
            FluentActions.Invoking(() => new Mentor("typed", network, typed))
                .Should().Throw<ArgumentException>().WithMessage("*typed*BFloat16*Sequential*");
        }
    }

    private static BatchNorm2d Settled(BatchNorm2d layer)
    {
        using var free = no_grad();
        layer.weight?.uniform_(0.5, 1.5);
        layer.bias?.uniform_(-0.5, 0.5);
        layer.running_mean!.uniform_(-0.5, 0.5);
        layer.running_var!.uniform_(0.5, 1.5);
        return layer;
    }

    private static TestCaseData Case(string name, Func<nn.Module<Tensor, Tensor>> create, int outputs) =>
        new TestCaseData(create, outputs).SetArgDisplayNames(name);

    /// <summary>What no layer brings along: broadcast constants, windows of a sample, and every operation once.</summary>
    private sealed class Operations : NetworkModule
    {
        private readonly Parameter scale = Parameter(rand(3, 1, 13));

        public Operations()
            : base(nameof(Operations)) =>
            RegisterComponents();

        public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input)
        {
            var x = ops.Multiply(ops.Constant(scale), input);
            x = ops.Pad(ops.Narrow(x, 2, 1, 8), 3, 2);                                  // 3, 8, 15
            x = ops.Concatenate([x, ops.Scale(ops.HardSigmoid(x), 0.3)], 2);            // 3, 16, 15
            var windows = ops.Reshape(x, -1, 24, 15);                                   // two of each sample
            windows = ops.MatMul(windows, ops.Permute(ops.Power(ops.AtLeast(windows, 0.1), -0.5), 0, 2, 1));
            var weights = ops.Softmax(ops.Sigmoid(windows), 1);                         // 24, 24
            x = ops.Reshape(ops.Add(weights, ops.Constant(scale.mean([0, 1, 2], true).squeeze())), -1, 4, 12, 24);
            return ops.Relu(ops.Mean(x, [2], keepDimensions: true));
        }
    }

    /// <summary>A block of TorchSharp's layers.</summary>
    private sealed class Layered : NetworkModule
    {
        private readonly Sequential branch = Sequential(Conv2d(12, 12, 3, padding: 1, groups: 3), Settled(BatchNorm2d(12)));

        public Layered()
            : base(nameof(Layered)) =>
            RegisterComponents();

        public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
            ops.Relu(ops.Add(ops.Apply(branch, input), input), overwrite: true);
    }

    /// <summary>A module that only its own code can run.</summary>
    private sealed class OwnForward : Module<Tensor, Tensor>
    {
        private readonly ReLU activation = ReLU();

        public OwnForward()
            : base(nameof(OwnForward)) =>
            RegisterComponents();

        public override Tensor forward(Tensor input) => activation.call(input);
    }

    /// <summary>A constant that takes no memory here and 2.4 GB in a file.</summary>
    private sealed class Huge : NetworkModule
    {
        public Huge()
            : base(nameof(Huge)) =>
            RegisterComponents();

        public override TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input) =>
            ops.Multiply(
                ops.Narrow(input, 1, 0, 1),
                ops.Mean(ops.Constant(zeros(1, 1, 1, 1).expand(150_000_000, 4, 1, 1)), [0], keepDimensions: true));
    }
}
