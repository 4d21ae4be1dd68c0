using ClassroomKD.Networks;

namespace ClassroomKD.Onnx;

/// <summary>Turns a network's description into nodes of a graph of opset <see cref="Opset"/>.</summary>
/// <remarks>
/// Constants belong to the network or the current dispose scope until the file is written. Batch normalization stays a node, so that all
/// weights are in the file unchanged; onnxruntime folds it into convolutions when it opens the file.
/// </remarks>
internal sealed partial class OnnxOperations(OnnxGraph graph) : INetworkOperations<OnnxValue>
{
    /// <summary>The first opset with LayerNormalization, known to runtimes since 2022.</summary>
    public const int Opset = 17;

    public long[] Shape(OnnxValue x) => [.. x.Shape];

    public OnnxValue Constant(Tensor tensor) => new(graph.Constant(tensor), tensor.shape);

    public OnnxValue Add(OnnxValue x, OnnxValue y, bool overwrite = false) => Node("Add", Broadcast(x.Shape, y.Shape), [x, y]);

    public OnnxValue Multiply(OnnxValue x, OnnxValue y, bool overwrite = false) => Node("Mul", Broadcast(x.Shape, y.Shape), [x, y]);

    public OnnxValue Scale(OnnxValue x, double factor) => Node("Mul", x.Shape, [x, Number(factor)]);

    public OnnxValue MatMul(OnnxValue x, OnnxValue y) => x.Shape[^1] == y.Shape[^2]
        ? Node("MatMul", [.. Broadcast(x.Shape[..^2], y.Shape[..^2]), x.Shape[^2], y.Shape[^1]], [x, y])
        : throw new ArgumentException($"Expected matrices that can be multiplied, found {Text(x)} and {Text(y)}.");

    public OnnxValue Relu(OnnxValue x, bool overwrite = false) => Node("Relu", x.Shape, [x]);

    public OnnxValue Sigmoid(OnnxValue x) => Node("Sigmoid", x.Shape, [x]);

    public OnnxValue HardSigmoid(OnnxValue x) => Node("HardSigmoid", x.Shape, [x], [new("alpha", 1 / 6f), new("beta", 0.5f)]);

    public OnnxValue AtLeast(OnnxValue x, double minimum) => Node("Max", x.Shape, [x, Number(minimum)]);

    public OnnxValue Power(OnnxValue x, double exponent) => Node("Pow", x.Shape, [x, Number(exponent)]);

    public OnnxValue Softmax(OnnxValue x, int dimension) => Node("Softmax", x.Shape, [x], [new("axis", (long)dimension)]);

    public OnnxValue Mean(OnnxValue x, long[] dimensions, bool keepDimensions = false)
    {
        long[] shape = keepDimensions
            ? [.. x.Shape.Select((size, i) => dimensions.Contains(i) ? 1 : size)]
            : [.. x.Shape.Where((_, i) => !dimensions.Contains(i))];
        return Node("ReduceMean", shape, [x], [new("axes", dimensions), new("keepdims", keepDimensions ? 1L : 0L)]);
    }

    public OnnxValue Concatenate(IReadOnlyList<OnnxValue> values, int dimension)
    {
        long[] shape = [.. values[0].Shape];
        shape[dimension] = values.Sum(value => value.Shape[dimension]);
        return Node("Concat", shape, values, [new("axis", (long)dimension)]);
    }

    public OnnxValue Narrow(OnnxValue x, int dimension, long start, long length)
    {
        long[] shape = [.. x.Shape];
        shape[dimension] = length;
        return Node("Slice", shape, [x, Integers(start), Integers(start + length), Integers(dimension)]);
    }

    public OnnxValue Pad(OnnxValue x, int dimension, long length)
    {
        long[] shape = [.. x.Shape];
        shape[dimension] += length;
        // All that comes before, then all that comes after.
        var pads = new long[2 * shape.Length];
        pads[shape.Length + dimension] = length;
        return Node("Pad", shape, [x, Integers(pads)]);
    }

    public OnnxValue Reshape(OnnxValue x, params long[] shape)
    {
        // 0 keeps the batch as it is; -1 is for windows, of which a sample has several.
        long[] target = [shape[0] == -1 && Product(shape) == Product(x.Shape) ? 0 : shape[0], .. shape[1..]];
        return Node("Reshape", shape, [x, Integers(target)]);
    }

    public OnnxValue Permute(OnnxValue x, params long[] dimensions) =>
        Node("Transpose", [.. dimensions.Select(dimension => x.Shape[dimension])], [x], [new("perm", dimensions)]);

    private static long Product(long[] shape) => shape[1..].Aggregate(1L, (product, size) => product * size);

    private static string Text(OnnxValue x) => $"[{string.Join(", ", x.Shape.Select(size => size < 0 ? "B" : $"{size}"))}]";

    private static long[] Broadcast(long[] x, long[] y)
    {
        var shape = new long[Math.Max(x.Length, y.Length)];
        for (var i = 1; i <= shape.Length; i++)
        {
            var (a, b) = (i <= x.Length ? x[^i] : 1, i <= y.Length ? y[^i] : 1);
            shape[^i] = a == b || b == 1 ? a : a == 1 ? b
                : throw new ArgumentException(
                    $"Expected shapes that can be broadcast, found [{string.Join(", ", x)}] and [{string.Join(", ", y)}].");
        }
        return shape;
    }

    private OnnxValue Node(string operation, long[] shape, IEnumerable<OnnxValue> inputs, params OnnxAttribute[] attributes) =>
        new(graph.Add(operation, inputs.Select(input => input.Name), attributes), shape);

    private OnnxValue Number(double value) => Constant(tensor(new[] { (float)value }).squeeze());

    private OnnxValue Integers(params long[] values) => Constant(tensor(values));
}
