using TorchSharp.Modules;

namespace ClassroomKD.Networks;

/// <summary>
/// Runs a network's description for inference alone, on a private copy of the weights: batch normalization is folded into the convolution
/// before it, and channels are last in memory.
/// </summary>
/// <remarks>
/// A convolution waits until it is known whether a normalization follows; then both become one. The copies are made in the first pass and
/// kept until <see cref="DropChanged"/> finds that the module's weights are others. Other layers run unchanged. Several threads may run at
/// once.
/// </remarks>
internal sealed class InferenceOperations(ScalarType type, bool channelsLast) : INetworkOperations<InferenceValue>, IDisposable
{
    private static readonly TensorOperations Tensors = TensorOperations.Instance;

    private readonly Dictionary<(nn.Module, nn.Module?), PreparedConvolution> convolutions = [];

    /// <summary>Forgets the copies of weights that have changed since; not while another thread runs.</summary>
    public void DropChanged()
    {
        foreach (var (layers, prepared) in convolutions)
            if (!prepared.IsCurrent)
            {
                prepared.Dispose();
                convolutions.Remove(layers);
            }
    }

    /// <summary>The results for a batch, in the caller's dispose scope.</summary>
    public Tensor[] Run(INetworkDescription network, Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = InType(input);
        var results = network.DescribeResults(this, new InferenceValue(channelsLast && x.dim() == 4 ? MemoryOrder.ChannelsLast(x) : x));
        return [.. results.Select(result => Done(result).MoveToOuterDisposeScope())];
    }

    public InferenceValue Apply(nn.Module<Tensor, Tensor> layer, InferenceValue x)
    {
        switch (layer)
        {
            case Conv2d convolution when PreparedConvolution.Serves(convolution):
                return new InferenceValue(InType(Done(x)), convolution);
            case BatchNormalization or BatchNorm2d { running_mean: not null } when x.Waiting is { } convolution:
                return new InferenceValue(Prepared(convolution, layer).Run(x.Tensor));
            case NetworkModule block:
                return block.Describe(this, x);
            case Sequential sequence:
                foreach (var part in sequence.children())
                    x = Apply((nn.Module<Tensor, Tensor>)part, x);
                return x;
            default:
                return new InferenceValue(AsItIs(layer, Done(x)));
        }
    }

    public long[] Shape(InferenceValue x) => Tensors.Shape(Done(x));

    public InferenceValue Constant(Tensor tensor) => new(InType(tensor));

    public InferenceValue Add(InferenceValue x, InferenceValue y, bool overwrite = false) => new(Tensors.Add(Done(x), Done(y), overwrite));

    public InferenceValue Multiply(InferenceValue x, InferenceValue y, bool overwrite = false) =>
        new(Tensors.Multiply(Done(x), Done(y), overwrite));

    public InferenceValue Scale(InferenceValue x, double factor) => new(Tensors.Scale(Done(x), factor));

    // A layer that keeps its own type may have made one of the two.
    public InferenceValue MatMul(InferenceValue x, InferenceValue y) => new(Tensors.MatMul(InType(Done(x)), InType(Done(y))));

    public InferenceValue Relu(InferenceValue x, bool overwrite = false) => new(Tensors.Relu(Done(x), overwrite));

    public InferenceValue Sigmoid(InferenceValue x) => new(Tensors.Sigmoid(Done(x)));

    public InferenceValue HardSigmoid(InferenceValue x) => new(Tensors.HardSigmoid(Done(x)));

    public InferenceValue AtLeast(InferenceValue x, double minimum) => new(Tensors.AtLeast(Done(x), minimum));

    public InferenceValue Power(InferenceValue x, double exponent) => new(Tensors.Power(Done(x), exponent));

    public InferenceValue Softmax(InferenceValue x, int dimension) => new(Tensors.Softmax(Done(x), dimension));

    public InferenceValue Mean(InferenceValue x, long[] dimensions, bool keepDimensions = false) =>
        new(Tensors.Mean(Done(x), dimensions, keepDimensions));

    public InferenceValue Concatenate(IReadOnlyList<InferenceValue> values, int dimension) =>
        new(Tensors.Concatenate([.. values.Select(Done)], dimension));

    public InferenceValue Narrow(InferenceValue x, int dimension, long start, long length) =>
        new(Tensors.Narrow(Done(x), dimension, start, length));

    public InferenceValue Pad(InferenceValue x, int dimension, long length) => new(Tensors.Pad(Done(x), dimension, length));

    public InferenceValue Reshape(InferenceValue x, params long[] shape) => new(Tensors.Reshape(Done(x), shape));

    public InferenceValue Permute(InferenceValue x, params long[] dimensions) => new(Tensors.Permute(Done(x), dimensions));

    public void Dispose()
    {
        foreach (var prepared in convolutions.Values)
            prepared.Dispose();
        convolutions.Clear();
    }

    // Other layers keep their own type, to which their input is converted.
    private static Tensor AsItIs(nn.Module<Tensor, Tensor> layer, Tensor x)
    {
        var own = layer.parameters().FirstOrDefault()?.dtype ?? x.dtype;
        return layer.call(own == x.dtype ? x : x.to_type(own));
    }

    private Tensor Done(InferenceValue x) => x.Waiting is { } convolution ? Prepared(convolution, null).Run(x.Tensor) : x.Tensor;

    private PreparedConvolution Prepared(Convolution convolution, nn.Module? normalization)
    {
        lock (convolutions)
        {
            if (!convolutions.TryGetValue((convolution, normalization), out var prepared))
                convolutions.Add(
                    (convolution, normalization),
                    prepared = new PreparedConvolution(convolution, normalization, type, channelsLast));
            return prepared;
        }
    }

    private Tensor InType(Tensor tensor) => tensor.dtype == type ? tensor : tensor.to_type(type);
}
