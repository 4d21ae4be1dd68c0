using ClassroomKD.Networks;
using TorchSharp.Modules;

namespace ClassroomKD.Tests.Vision.Networks;

/// <summary>
/// A description run on shapes alone: no tensor, no batch. It knows the layers that every implementation knows, and no other.
/// </summary>
internal sealed class ShapeOperations : INetworkOperations<long[]>
{
    public long[] Apply(nn.Module<Tensor, Tensor> layer, long[] x)
    {
        switch (layer)
        {
            case NetworkModule network:
                return network.Describe(this, x);
            case Sequential sequence:
                for (var i = 0; i < sequence.Count; i++)
                    x = Apply((nn.Module<Tensor, Tensor>)sequence[i], x);
                return x;
            case Conv2d convolution:
                var weight = convolution.weight!.shape;
                x[1].Should().Be(weight[1] * convolution.groups);
                return Slide(x, weight[0], weight[2..], convolution.stride!, convolution.padding!);
            case MaxPool2d pool:
                return Slide(x, x[1], pool.kernel_size, pool.stride ?? pool.kernel_size, pool.padding ?? [0]);
            case AvgPool2d pool:
                return Slide(x, x[1], pool.kernel_size, pool.stride ?? pool.kernel_size, pool.padding ?? [0]);
            case ChannelShuffle shuffle:
                (x[1] % shuffle.groups).Should().Be(0);
                return x;
            case BatchNormalization norm:
                x.Should().HaveCount(4);
                x[1].Should().Be(norm.Weight.numel());
                return x;
            case BatchNorm2d norm:
                x[1].Should().Be(norm.num_features);
                return x;
            case AdaptiveAvgPool2d pool:
                return [.. x[..2], pool.output_size[0], pool.output_size[^1]];
            case Flatten flatten:
                flatten.start_dim.Should().Be(1);
                flatten.end_dim.Should().Be(-1);
                return [x[0], x[1..].Aggregate(1L, (product, size) => product * size)];
            case LayerNorm norm:
                x[^1].Should().Be(norm.weight.numel());
                return x;
            case Linear linear:
                x[^1].Should().Be(linear.weight.size(1));
                return [.. x[..^1], linear.weight.size(0)];
            case Dropout or StochasticDepth or Identity or ReLU or ReLU6 or SiLU or GELU:
                return x;
            default:
                throw new NotSupportedException(layer.GetType().FullName);
        }
    }

    public long[] Shape(long[] x)
    {
        x[0].Should().Be(-1, "only sizes of values are asked for");
        return [.. x];
    }

    public long[] Constant(Tensor tensor) => tensor.shape;

    public long[] Add(long[] x, long[] y, bool overwrite = false)
    {
        var sum = Broadcast(x, y);
        if (overwrite)
            sum.Should().Equal(x, "only a value of the result's shape can be overwritten");
        return sum;
    }

    public long[] Multiply(long[] x, long[] y, bool overwrite = false) => Add(x, y, overwrite);

    public long[] Scale(long[] x, double factor) => x;

    public long[] MatMul(long[] x, long[] y)
    {
        x[^1].Should().Be(y[^2]);
        return [.. Broadcast(x[..^2], y[..^2]), x[^2], y[^1]];
    }

    public long[] Relu(long[] x, bool overwrite = false) => x;

    public long[] Sigmoid(long[] x) => x;

    public long[] HardSigmoid(long[] x) => x;

    public long[] AtLeast(long[] x, double minimum) => x;

    public long[] Power(long[] x, double exponent) => x;

    public long[] Softmax(long[] x, int dimension) => x;

    public long[] Mean(long[] x, long[] dimensions, bool keepDimensions = false)
    {
        dimensions.Should().NotContain(0);
        return keepDimensions
            ? [.. x.Select((size, i) => dimensions.Contains(i) ? 1 : size)]
            : [.. x.Where((_, i) => !dimensions.Contains(i))];
    }

    public long[] Concatenate(IReadOnlyList<long[]> values, int dimension)
    {
        dimension.Should().BePositive();
        var joined = values[0].ToArray();
        joined[dimension] = values.Sum(value => value[dimension]);
        return joined;
    }

    public long[] Narrow(long[] x, int dimension, long start, long length)
    {
        dimension.Should().BePositive();
        (start + length).Should().BeLessThanOrEqualTo(x[dimension]);
        return [.. x[..dimension], length, .. x[(dimension + 1)..]];
    }

    public long[] Pad(long[] x, int dimension, long length)
    {
        dimension.Should().BePositive();
        return [.. x[..dimension], x[dimension] + length, .. x[(dimension + 1)..]];
    }

    public long[] Reshape(long[] x, params long[] shape)
    {
        shape[0].Should().Be(-1);
        long before = x[1..].Aggregate(1L, (a, b) => a * b), after = shape[1..].Aggregate(1L, (a, b) => a * b);
        (before % after == 0 || after % before == 0).Should().BeTrue("no sample is cut in pieces");
        return [.. shape];
    }

    public long[] Permute(long[] x, params long[] dimensions)
    {
        dimensions[0].Should().Be(0);
        return [.. dimensions.Select(dimension => x[dimension])];
    }

    private static long[] Slide(long[] x, long channels, long[] kernel, long[] stride, long[] padding)
    {
        x.Should().HaveCount(4);
        long Side(int i) => (x[2 + i] + 2 * padding[i % padding.Length] - kernel[i % kernel.Length]) / stride[i % stride.Length] + 1;
        return [x[0], channels, Side(0), Side(1)];
    }

    private static long[] Broadcast(long[] x, long[] y)
    {
        x.Should().HaveSameCount(y);
        return [.. x.Zip(y, (a, b) => a == b || b == 1 ? a : a == 1 ? b : throw new AssertionException($"{a} against {b}"))];
    }
}
