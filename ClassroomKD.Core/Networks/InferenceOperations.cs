using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>
/// A network's description run for inference alone: batch normalisation folded into the convolution before it, channels last in memory,
/// in a private copy of the weights.
/// </summary>
/// <remarks>
/// A convolution waits until it is known whether a normalisation follows; then both are one. The copies are made at the first pass
/// and kept. Layers that are neither run as they are. Several threads may run at once.
/// </remarks>
internal sealed class InferenceOperations(ScalarType type, bool channelsLast) : INetworkOperations<InferenceValue>, IDisposable
{
    private readonly Dictionary<(nn.Module, nn.Module?), PreparedConvolution> convolutions = [];

    public Tensor Run(NetworkModule network, Tensor input)
    {
        using var scope = NewDisposeScope();
        var x = InMemoryOrder(input.dtype == type ? input : input.to_type(type));
        return Done(network.Describe(this, new InferenceValue(x))).MoveToOuterDisposeScope();
    }

    public InferenceValue Apply(nn.Module<Tensor, Tensor> layer, InferenceValue x)
    {
        switch (layer)
        {
            case Conv2d convolution when PreparedConvolution.Serves(convolution):
                return new InferenceValue(Done(x), convolution);
            case BatchNormalization normalization when x.Waiting is { } convolution:
                return new InferenceValue(Prepared(convolution, normalization).Run(x.Tensor));
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

    public long[] Shape(InferenceValue x) => TensorOperations.Instance.Shape(Done(x));

    public InferenceValue Constant(Tensor tensor) =>
        new(tensor.dtype != type && tensor.is_floating_point() ? tensor.to_type(type) : tensor);

    public InferenceValue Add(InferenceValue x, InferenceValue y, bool overwrite = false) => new(TensorOperations.Instance.Add(Done(x), Done(y), overwrite));

    public InferenceValue Multiply(InferenceValue x, InferenceValue y, bool overwrite = false) => new(TensorOperations.Instance.Multiply(Done(x), Done(y), overwrite));

    public InferenceValue Scale(InferenceValue x, double factor) => new(TensorOperations.Instance.Scale(Done(x), factor));

    public InferenceValue MatMul(InferenceValue x, InferenceValue y) => new(Done(x).matmul(Done(y)));

    public InferenceValue Relu(InferenceValue x, bool overwrite = false) => new(TensorOperations.Instance.Relu(Done(x), overwrite));

    public InferenceValue Sigmoid(InferenceValue x) => new(Done(x).sigmoid());

    public InferenceValue Softmax(InferenceValue x, int dimension) => new(Done(x).softmax(dimension));

    public InferenceValue Mean(InferenceValue x, long[] dimensions, bool keepDimensions = false) => new(Done(x).mean(dimensions, keepDimensions));

    public InferenceValue Concatenate(IReadOnlyList<InferenceValue> values, int dimension) => new(cat([.. values.Select(Done)], dimension));

    public InferenceValue Narrow(InferenceValue x, int dimension, long start, long length) => new(Done(x).narrow(dimension, start, length));

    public InferenceValue Pad(InferenceValue x, int dimension, long length) => new(TensorOperations.Instance.Pad(Done(x), dimension, length));

    public InferenceValue Reshape(InferenceValue x, params long[] shape) => new(Done(x).reshape(shape));

    public InferenceValue Permute(InferenceValue x, params long[] dimensions) => new(Done(x).permute(dimensions));

    public void Dispose()
    {
        foreach (var prepared in convolutions.Values)
            prepared.Dispose();
        convolutions.Clear();
    }

    // Other layers keep their own type, and their input takes it.
    private static Tensor AsItIs(nn.Module<Tensor, Tensor> layer, Tensor x)
    {
        var own = layer.parameters().FirstOrDefault()?.dtype ?? x.dtype;
        return layer.call(own == x.dtype ? x : x.to_type(own));
    }

    private Tensor Done(InferenceValue x) => x.Waiting is { } convolution ? Prepared(convolution, null).Run(x.Tensor) : x.Tensor;

    private PreparedConvolution Prepared(Convolution convolution, BatchNormalization? normalization)
    {
        lock (convolutions)
        {
            if (!convolutions.TryGetValue((convolution, normalization), out var prepared))
                convolutions.Add((convolution, normalization), prepared = new PreparedConvolution(convolution, normalization, type, channelsLast));
            return prepared;
        }
    }

    private Tensor InMemoryOrder(Tensor input) => channelsLast ? MemoryOrder.ChannelsLast(input) : input;
}
