using ClassroomKD.Networks;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Onnx;

internal sealed partial class OnnxOperations
{
    private static readonly double RootOfTwo = Math.Sqrt(2);

    public OnnxValue Apply(nn.Module<Tensor, Tensor> layer, OnnxValue x) => layer switch
    {
        NetworkModule block => block.Describe(this, x),
        Sequential sequence => sequence.children().Aggregate(x, (value, part) => Apply((nn.Module<Tensor, Tensor>)part, value)),
        Conv2d convolution => Convolve(convolution, x),
        ConvTranspose2d convolution => Widen(convolution, x),
        Linear linear => Connect(linear, x),
        BatchNormalization normalization => Normalize(normalization, x),
        LayerNorm normalization => Normalize(normalization, x),
        MaxPool2d pool => Node(
            "MaxPool", Slid(x, x.Shape[1], Window.Of(pool)), [x], [.. Window.Of(pool).Attributes(), new("ceil_mode", pool.ceil_mode ? 1L : 0L)]),
        AvgPool2d { divisor_override: null } pool => Node(
            "AveragePool", Slid(x, x.Shape[1], Window.Of(pool)), [x],
            [.. Window.Of(pool).Attributes()[..^1], new("ceil_mode", pool.ceil_mode ? 1L : 0L), new("count_include_pad", pool.count_include_pad ? 1L : 0L)]),
        Upsample { mode: UpsampleMode.Nearest } upsample => Enlarge(upsample, x),
        Dropout or StochasticDepth or Identity => x,
        ReLU => Relu(x),
        ReLU6 => Node("Clip", x.Shape, [x, Number(0), Number(6)]),
        SiLU => Multiply(x, Sigmoid(x)),
        GELU { approximate: GELU.Approximate.none } => Multiply(Scale(x, 0.5), Add(Node("Erf", x.Shape, [Scale(x, 1 / RootOfTwo)]), Number(1))),
        _ => throw Unknown(layer, "is no layer that can be exported"),
    };

    private OnnxValue Convolve(Conv2d convolution, OnnxValue x)
    {
        RequirePlain(convolution);
        if (x.Shape.Length != 4 || x.Shape[1] != convolution.in_channels)
            throw new ArgumentException($"Expected [B, {convolution.in_channels}, H, W] for a convolution of {convolution.in_channels} channels, found {Text(x)}.");
        var window = Window.Of(convolution);
        return Node(
            "Conv", Slid(x, convolution.out_channels, window), Weighted(x, convolution.weight!, convolution.bias),
            [.. window.Attributes(), new("group", convolution.groups)]);
    }

    private OnnxValue Widen(ConvTranspose2d convolution, OnnxValue x)
    {
        RequirePlain(convolution);
        var window = Window.Of(convolution);
        var more = Window.Pair(convolution.output_padding ?? [0]);
        long Side(int i) => (x.Shape[2 + i] - 1) * window.Stride[i] - 2 * window.Padding[i] + window.Dilation[i] * (window.Kernel[i] - 1) + more[i] + 1;
        return Node(
            "ConvTranspose", [x.Shape[0], convolution.out_channels, Side(0), Side(1)], Weighted(x, convolution.weight!, convolution.bias),
            [.. window.Attributes(), new("group", convolution.groups), new("output_padding", more)]);
    }

    private OnnxValue Connect(Linear linear, OnnxValue x)
    {
        long[] shape = [.. x.Shape[..^1], linear.out_features];
        if (x.Shape.Length == 2)
            return Node("Gemm", shape, Weighted(x, linear.weight, linear.bias), new OnnxAttribute("transB", 1L));
        // A runtime turns the weight once, when it opens the file; so it stays what it is in the state dictionary.
        var weight = Constant(linear.weight);
        var turned = Node("Transpose", [weight.Shape[1], weight.Shape[0]], [weight], new OnnxAttribute("perm", new long[] { 1, 0 }));
        var product = MatMul(x, turned);
        return linear.bias is null ? product : Add(product, Constant(linear.bias));
    }

    private OnnxValue Normalize(BatchNormalization layer, OnnxValue x) => Node(
        "BatchNormalization", x.Shape,
        [x, Constant(layer.Weight), Constant(layer.Bias), Constant(layer.RunningMean), Constant(layer.RunningVariance)],
        new OnnxAttribute("epsilon", (float)layer.Epsilon));

    private OnnxValue Normalize(LayerNorm layer, OnnxValue x) => Node(
        "LayerNormalization", x.Shape,
        layer.weight is null ? [x, Constant(ones(layer.normalized_shape))] : Weighted(x, layer.weight, layer.bias),
        new OnnxAttribute("axis", -(long)layer.normalized_shape.Length), new OnnxAttribute("epsilon", (float)layer.eps));

    private OnnxValue Enlarge(Upsample upsample, OnnxValue x)
    {
        var factors = upsample.scale_factor.ToArray();
        var sizes = upsample.size.ToArray();
        double Factor(int i) => factors.Length > 0 ? factors[i % factors.Length] : (double)sizes[i % sizes.Length] / x.Shape[2 + i];
        float[] scales = [1, 1, (float)Factor(0), (float)Factor(1)];
        return Node(
            "Resize", [x.Shape[0], x.Shape[1], (long)(x.Shape[2] * Factor(0)), (long)(x.Shape[3] * Factor(1))],
            [x, new OnnxValue("", []), Constant(tensor(scales))],
            new OnnxAttribute("mode", "nearest"), new OnnxAttribute("coordinate_transformation_mode", "asymmetric"), new OnnxAttribute("nearest_mode", "floor"));
    }

    private OnnxValue[] Weighted(OnnxValue x, Tensor weight, Tensor? bias) =>
        bias is null ? [x, Constant(weight)] : [x, Constant(weight), Constant(bias)];

    private static long[] Slid(OnnxValue x, long channels, Window window) =>
        [x.Shape[0], channels, window.Steps(x.Shape[2], 0), window.Steps(x.Shape[3], 1)];

    private static void RequirePlain(Convolution convolution)
    {
        if (convolution.padding_type is not null || convolution.padding_mode != PaddingModes.Zeros)
            throw Unknown(convolution, $"pads by {convolution.padding_type?.ToString() ?? convolution.padding_mode.ToString()}, which cannot be exported");
    }

    private static NotSupportedException Unknown(nn.Module layer, string what) => new(
        $"{layer.GetType().FullName} {what}. Build it from the operations and layers of {nameof(INetworkOperations<OnnxValue>)}, in a {nameof(NetworkModule)}.");
}
