using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>What a <see cref="NetworkModule"/> may do with a value. Operations are added as networks need them.</summary>
/// <typeparam name="TValue">What stands for a tensor.</typeparam>
/// <remarks>
/// <para>Where an operation has <c>overwrite</c>, true says that its first value is used nowhere else, so that its memory may take the result.</para>
/// <para>
/// The first dimension of every value but a constant holds the batch, or a multiple of it; it is -1 wherever sizes are named, so that a
/// description holds for every batch. Two values, or a value and a constant, are broadcast as in PyTorch.
/// </para>
/// </remarks>
public interface INetworkOperations<TValue>
{
    /// <summary>Runs a layer, a <c>Sequential</c> or a block.</summary>
    /// <remarks>
    /// All operations know <c>Sequential</c>, <see cref="NetworkModule"/>, <c>Conv2d</c>, <c>ConvTranspose2d</c>, <c>Linear</c>,
    /// <see cref="BatchNormalization"/>, <c>LayerNorm</c>, <c>MaxPool2d</c>, <c>AvgPool2d</c>, <c>ChannelShuffle</c>, <c>Upsample</c> (nearest), <c>Dropout</c>,
    /// <see cref="StochasticDepth"/>, <c>ReLU</c>, <c>ReLU6</c>, <c>SiLU</c> and <c>GELU</c>. Outside training the two random ones hand on their
    /// input.
    /// </remarks>
    /// <param name="layer">A module with one input and one output.</param>
    /// <param name="x">Its input.</param>
    /// <returns>Its output.</returns>
    /// <exception cref="NotSupportedException">These operations do not know the module; the message names its type.</exception>
    TValue Apply(nn.Module<Tensor, Tensor> layer, TValue x);

    /// <summary>The sizes of a value, the first as -1. Not for constants.</summary>
    long[] Shape(TValue x);

    /// <summary>A tensor of the network itself: a parameter, a buffer, or what was computed from them alone.</summary>
    /// <param name="tensor">Disposed with the scope of the description: operations that run later keep a copy.</param>
    TValue Constant(Tensor tensor);

    /// <summary><c>x + y</c></summary>
    TValue Add(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>x * y</c></summary>
    TValue Multiply(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>factor * x</c></summary>
    /// <param name="x">A value.</param>
    /// <param name="factor">The same number in every pass.</param>
    TValue Scale(TValue x, double factor);

    /// <summary>The matrix product over the last two dimensions.</summary>
    TValue MatMul(TValue x, TValue y);

    /// <summary><c>max(x, 0)</c></summary>
    TValue Relu(TValue x, bool overwrite = false);

    /// <summary><c>1 / (1 + exp(-x))</c></summary>
    TValue Sigmoid(TValue x);

    /// <summary><c>min(max(x / 6 + 1 / 2, 0), 1)</c></summary>
    TValue HardSigmoid(TValue x);

    /// <summary><c>max(x, minimum)</c></summary>
    /// <param name="x">A value.</param>
    /// <param name="minimum">The same number in every pass.</param>
    TValue AtLeast(TValue x, double minimum);

    /// <summary><c>x</c> to the power of <c>exponent</c>.</summary>
    /// <param name="x">A value.</param>
    /// <param name="exponent">The same number in every pass.</param>
    TValue Power(TValue x, double exponent);

    /// <summary><c>exp(x)</c> over its sum along a dimension.</summary>
    TValue Softmax(TValue x, int dimension);

    /// <summary>The mean over dimensions.</summary>
    TValue Mean(TValue x, long[] dimensions, bool keepDimensions = false);

    /// <summary>The values one after another along a dimension.</summary>
    TValue Concatenate(IReadOnlyList<TValue> values, int dimension);

    /// <summary>A part of a dimension.</summary>
    TValue Narrow(TValue x, int dimension, long start, long length);

    /// <summary>Zeros behind the end of a dimension.</summary>
    /// <param name="x">A value.</param>
    /// <param name="dimension">The dimension, counted from 0; not the batch.</param>
    /// <param name="length">How many, at least 1.</param>
    TValue Pad(TValue x, int dimension, long length);

    /// <summary>The same elements in another shape.</summary>
    TValue Reshape(TValue x, params long[] shape);

    /// <summary>The dimensions in another order, the first in its place.</summary>
    TValue Permute(TValue x, params long[] dimensions);
}
