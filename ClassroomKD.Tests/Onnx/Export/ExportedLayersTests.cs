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
        Case("enlarged by factors", () => Upsample(scale_factor: [2, 3]), Channels),
        Case("enlarged to a size", () => Upsample([20, 31]), Channels),
        Case("normalized over rows and columns", () => LayerNorm([10, 13]), Channels),
        Case("normalized without scale", () => LayerNorm([10, 13], elementwise_affine: false), Channels),
        Case("activations", () => Sequential(GELU(), SiLU(), ReLU6(), ReLU(), Dropout(), Identity()), Channels),
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
        Refused(Conv2d(3, 4, 3, padding: TorchSharp.Padding.Same), "*Conv2d*Same*");
        Refused(Conv2d(3, 4, 3, padding: 1, padding_mode: PaddingModes.Reflect), "*Conv2d*Reflect*");
        Refused(AvgPool2d(3, divisor_override: 2), "*AvgPool2d*");
        Refused(Upsample([16, 16], mode: UpsampleMode.Bilinear), "*Upsample*");
        Refused(new ModuleList<nn.Module>(), "*ModuleList*");
        Refused(new Huge(), "*2,400,000,*at most 2,147,483,647*");
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
