namespace ClassroomKD.Networks;

/// <summary>Runs a network's description on tensors, with gradients: the forward pass as PyTorch writes it.</summary>
internal sealed class TensorOperations : INetworkOperations<Tensor>
{
    public static readonly TensorOperations Instance = new();

    public Tensor Apply(nn.Module<Tensor, Tensor> layer, Tensor x) => layer.call(x);

    public long[] Shape(Tensor x) => [-1, .. x.shape[1..]];

    public Tensor Constant(Tensor tensor) => tensor;

    public Tensor Add(Tensor x, Tensor y, bool overwrite = false) => overwrite ? x.add_(y, Scalars.One) : x.add(y, Scalars.One);

    public Tensor Multiply(Tensor x, Tensor y, bool overwrite = false) => overwrite ? x.mul_(y) : x.mul(y);

    public Tensor Scale(Tensor x, double factor) => x.mul(Scalars.Of(factor));

    public Tensor MatMul(Tensor x, Tensor y) => x.matmul(y);

    public Tensor Relu(Tensor x, bool overwrite = false) => overwrite ? x.relu_() : x.relu();

    public Tensor Sigmoid(Tensor x) => x.sigmoid();

    public Tensor HardSigmoid(Tensor x) => x.hardsigmoid();

    public Tensor AtLeast(Tensor x, double minimum) => x.clamp_min(Scalars.Of(minimum));

    public Tensor Power(Tensor x, double exponent) => x.pow(Scalars.Of(exponent));

    public Tensor Softmax(Tensor x, int dimension) => x.softmax(dimension);

    public Tensor Mean(Tensor x, long[] dimensions, bool keepDimensions = false) => x.mean(dimensions, keepDimensions);

    public Tensor Concatenate(IReadOnlyList<Tensor> values, int dimension) => cat([.. values], dimension);

    public Tensor Narrow(Tensor x, int dimension, long start, long length) => x.narrow(dimension, start, length);

    public Tensor Pad(Tensor x, int dimension, long length)
    {
        // Pairs of (before, after), the last dimension first.
        var sizes = new long[2 * (x.dim() - dimension)];
        sizes[^1] = length;
        return nn.functional.pad(x, sizes);
    }

    public Tensor Reshape(Tensor x, params long[] shape) => x.reshape(shape);

    public Tensor Permute(Tensor x, params long[] dimensions) => x.permute(dimensions);
}
