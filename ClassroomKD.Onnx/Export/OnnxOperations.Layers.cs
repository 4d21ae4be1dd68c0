using ClassroomKD.Networks;
using TorchSharp.Modules;

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
        BatchNormalization normalization => Normalize(
            x, normalization.Weight, normalization.Bias, normalization.RunningMean, normalization.RunningVariance, normalization.Epsilon),
        BatchNorm2d { running_mean: { } mean, running_var: { } variance } normalization => Normalize(
            x, normalization.weight ?? ones(normalization.num_features), normalization.bias ?? zeros(normalization.num_features),
            mean, variance, normalization.eps),
        BatchNorm2d => throw Unknown(layer, "without running statistics mixes the samples of a batch, so it cannot be exported"),
        LayerNorm normalization => Normalize(normalization, x),
        MaxPool2d pool => Slide("MaxPool", x, x.Shape[1], Window.Of(pool), [x]),
        AvgPool2d { divisor_override: null } pool => Average(pool, x),
        AdaptiveAvgPool2d pool => Average(pool, x),
        Flatten flatten => Flat(flatten, x),
        ChannelShuffle shuffle => Shuffle(shuffle, x),
        Upsample { mode: UpsampleMode.Nearest } upsample => Enlarge(upsample, x),
        Dropout or Dropout2d or StochasticDepth or Identity => x,
        ReLU => Relu(x),
        ReLU6 => Node("Clip", x.Shape, [x, Number(0), Number(6)]),
        LeakyReLU leaky => Node("LeakyRelu", x.Shape, [x], new OnnxAttribute("alpha", (float)leaky.negative_slope)),
        Hardswish => Node("HardSwish", x.Shape, [x]),
        TorchSharp.Modules.Sigmoid => Sigmoid(x),
        Tanh => Node("Tanh", x.Shape, [x]),
        SiLU => Multiply(x, Sigmoid(x)),
        GELU { approximate: GELU.Approximate.none } =>
            Multiply(Scale(x, 0.5), Add(Node("Erf", x.Shape, [Scale(x, 1 / RootOfTwo)]), Number(1))),
        _ when layer.children().Any() => throw Unknown(layer, "has a forward of its own, which cannot be read"),
        _ => throw Unknown(layer, "is no layer that can be exported"),
    };

    private OnnxValue Convolve(Conv2d convolution, OnnxValue x)
    {
        RequirePlain(convolution);
        if (x.Shape.Length != 4 || x.Shape[1] != convolution.in_channels)
            throw new ArgumentException(
                $"Expected [B, {convolution.in_channels}, H, W] for a convolution of {convolution.in_channels} channels, found {Text(x)}.");
        return Slide(
            "Conv", x, convolution.out_channels, Window.Of(convolution), Weighted(x, convolution.weight!, convolution.bias),
            new OnnxAttribute("group", convolution.groups));
    }

    private OnnxValue Shuffle(ChannelShuffle shuffle, OnnxValue x)
    {
        var grouped = Reshape(x, -1, shuffle.groups, x.Shape[1] / shuffle.groups, x.Shape[2], x.Shape[3]);
        return Reshape(Permute(grouped, 0, 2, 1, 3, 4), [-1, .. x.Shape[1..]]);
    }

    private OnnxValue Widen(ConvTranspose2d convolution, OnnxValue x)
    {
        RequirePlain(convolution);
        var window = Window.Of(convolution);
        var more = Window.Pair(convolution.output_padding ?? [0]);
        long Side(int i) =>
            (x.Shape[2 + i] - 1) * window.Stride[i] - 2 * window.Padding[i] + window.Dilation[i] * (window.Kernel[i] - 1) + more[i] + 1;
        return Node(
            "ConvTranspose", [x.Shape[0], convolution.out_channels, Side(0), Side(1)], Weighted(x, convolution.weight!, convolution.bias),
            [.. Attributes(window, [0, 0]), new("group", convolution.groups), new("output_padding", more)]);
    }

    // Elements within the padding count, even where the last window reaches beyond it. Runtimes have differed there, so the padding becomes
    // a part of the plane.
    private OnnxValue Average(AvgPool2d pool, OnnxValue x)
    {
        var window = Window.Of(pool);
        var (shape, beyond) = (Slid(x, x.Shape[1], window), Beyond(window, x));
        var counted = pool.count_include_pad && window.Padding.Any(padding => padding > 0);
        if (counted && beyond.Any(more => more > 0))
        {
            var (rows, columns) = (window.Padding[0], window.Padding[1]);
            x = Node(
                "Pad", [x.Shape[0], x.Shape[1], x.Shape[2] + 2 * rows, x.Shape[3] + 2 * columns],
                [x, Integers(0, 0, rows, columns, 0, 0, rows, columns)]);
            (window, counted) = (window with { Padding = [0, 0] }, false);
        }
        return Node("AveragePool", shape, [x], [.. Attributes(window, beyond)[..^1], new("count_include_pad", counted ? 1L : 0L)]);
    }

    // Windows may differ by one in size and overlap, so rows and columns are averaged by a matrix each.
    private OnnxValue Average(AdaptiveAvgPool2d pool, OnnxValue x)
    {
        var wanted = Window.Pair(pool.output_size);
        return wanted is [1, 1]
            ? Mean(x, [2, 3], keepDimensions: true)
            : MatMul(Constant(Shares(x.Shape[2], wanted[0])), MatMul(x, Constant(Shares(x.Shape[3], wanted[1]).t().contiguous())));
    }

    // Of each step of the window, the share that every element has in its mean, by PyTorch's rule.
    private static Tensor Shares(long size, long steps)
    {
        var shares = new float[steps, size];
        for (long step = 0; step < steps; step++)
        {
            var (first, end) = (step * size / steps, ((step + 1) * size + steps - 1) / steps);
            for (var i = first; i < end; i++)
                shares[step, i] = 1f / (end - first);
        }
        return tensor(shares);
    }

    private OnnxValue Flat(Flatten flatten, OnnxValue x)
    {
        var (first, last) = (flatten.start_dim, flatten.end_dim < 0 ? flatten.end_dim + x.Shape.Length : flatten.end_dim);
        if (first < 1)
            throw Unknown(flatten, $"from dimension {first} joins the samples of a batch, so it cannot be exported");
        var (begin, end) = ((int)first, (int)last + 1);
        return Reshape(x, [.. x.Shape[..begin], x.Shape[begin..end].Aggregate(1L, (product, size) => product * size), .. x.Shape[end..]]);
    }

    // Rounding up is written as padding at the end, which all runtimes treat alike.
    private OnnxValue Slide(
        string operation, OnnxValue x, long channels, Window window, IEnumerable<OnnxValue> inputs, params OnnxAttribute[] more) =>
        Node(operation, Slid(x, channels, window), inputs, [.. Attributes(window, Beyond(window, x)), .. more]);

    private OnnxValue Connect(Linear linear, OnnxValue x)
    {
        long[] shape = [.. x.Shape[..^1], linear.out_features];
        if (x.Shape.Length == 2)
            return Node("Gemm", shape, Weighted(x, linear.weight, linear.bias), new OnnxAttribute("transB", 1L));
        // A runtime transposes the weight once, when it opens the file; in the file it is that of the state dictionary.
        var weight = Constant(linear.weight);
        var turned = Node("Transpose", [weight.Shape[1], weight.Shape[0]], [weight], new OnnxAttribute("perm", new long[] { 1, 0 }));
        var product = MatMul(x, turned);
        return linear.bias is null ? product : Add(product, Constant(linear.bias));
    }

    private OnnxValue Normalize(OnnxValue x, Tensor scale, Tensor shift, Tensor mean, Tensor variance, double epsilon) => Node(
        "BatchNormalization", x.Shape, [x, Constant(scale), Constant(shift), Constant(mean), Constant(variance)],
        new OnnxAttribute("epsilon", (float)epsilon));

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
            new OnnxAttribute("mode", "nearest"), new OnnxAttribute("coordinate_transformation_mode", "asymmetric"),
            new OnnxAttribute("nearest_mode", "floor"));
    }

    private OnnxValue[] Weighted(OnnxValue x, Tensor weight, Tensor? bias) =>
        bias is null ? [x, Constant(weight)] : [x, Constant(weight), Constant(bias)];

    private static long[] Beyond(Window window, OnnxValue x) => [window.Beyond(x.Shape[2], 0), window.Beyond(x.Shape[3], 1)];

    // The dilation last: mean pooling has none.
    private static OnnxAttribute[] Attributes(Window window, long[] beyond)
    {
        long[] pads = [.. window.Padding, window.Padding[0] + beyond[0], window.Padding[1] + beyond[1]];
        return [new("kernel_shape", window.Kernel), new("strides", window.Stride), new("pads", pads), new("dilations", window.Dilation)];
    }

    private static long[] Slid(OnnxValue x, long channels, Window window) =>
        [x.Shape[0], channels, window.Steps(x.Shape[2], 0), window.Steps(x.Shape[3], 1)];

    private static void RequirePlain(Convolution convolution)
    {
        if (convolution.padding_type is not null || convolution.padding_mode != PaddingModes.Zeros)
            throw Unknown(
                convolution,
                $"pads by {convolution.padding_type?.ToString() ?? convolution.padding_mode.ToString()}, which cannot be exported");
    }

    private static NotSupportedException Unknown(nn.Module layer, string what) => new(
        $"{layer.GetType().FullName} {what}. Build it from the operations and layers of {nameof(INetworkOperations<OnnxValue>)}, in a " +
        $"{nameof(NetworkModule)}.");
}
