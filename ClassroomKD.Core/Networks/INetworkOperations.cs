namespace ClassroomKD.Networks;

/// <summary>The operations that a <see cref="NetworkModule"/> may apply to a value.</summary>
/// <typeparam name="TValue">What stands for a tensor.</typeparam>
/// <remarks>
/// <para>An operation with <c>overwrite</c> may write its result into its first value, which then must not be used again.</para>
/// <para>
/// The first dimension of every value but a constant holds the batch, or a multiple of it; its size is given as -1, so that a description
/// holds for every batch. Two values, or a value and a constant, are broadcast as in PyTorch.
/// </para>
/// </remarks>
public interface INetworkOperations<TValue>
{
    /// <summary>Runs a layer, a <c>Sequential</c> or a block.</summary>
    /// <remarks>
    /// Every implementation knows <c>Sequential</c>, <see cref="NetworkModule"/>, <c>Conv2d</c>, <c>ConvTranspose2d</c>, <c>Linear</c>,
    /// <see cref="BatchNormalization"/>, <c>BatchNorm2d</c> with running statistics, <c>LayerNorm</c>, <c>MaxPool2d</c>, <c>AvgPool2d</c>,
    /// <c>AdaptiveAvgPool2d</c>, <c>Flatten</c>, <c>ChannelShuffle</c>, <c>Upsample</c> (nearest), <c>Dropout</c>,
    /// <see cref="StochasticDepth"/>, <c>Identity</c>, <c>ReLU</c>, <c>ReLU6</c>, <c>SiLU</c> and <c>GELU</c>. Outside training, the two
    /// random layers return their input.
    /// </remarks>
    /// <param name="layer">A module with one input and one output.</param>
    /// <param name="x">Its input.</param>
    /// <returns>Its output.</returns>
    /// <exception cref="NotSupportedException">The implementation does not know the module; the message names its type.</exception>
    TValue Apply(nn.Module<Tensor, Tensor> layer, TValue x);

    /// <summary>The sizes of a value that is no constant, the first as -1.</summary>
    long[] Shape(TValue x);

    /// <summary>A tensor of the network itself: a parameter, a buffer, or a tensor computed from these alone.</summary>
    /// <param name="tensor">A tensor that is disposed with the scope of the description; an implementation may keep a copy.</param>
    TValue Constant(Tensor tensor);

    /// <summary><c>x + y</c></summary>
    TValue Add(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>x * y</c></summary>
    TValue Multiply(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>factor * x</c></summary>
    /// <param name="x">A value.</param>
    /// <param name="factor">A number that is the same in every pass.</param>
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
    /// <param name="minimum">A number that is the same in every pass.</param>
    TValue AtLeast(TValue x, double minimum);

    /// <summary><c>x</c> to the power of <c>exponent</c>.</summary>
    /// <param name="x">A value.</param>
    /// <param name="exponent">A number that is the same in every pass.</param>
    TValue Power(TValue x, double exponent);

    /// <summary><c>exp(x)</c> over its sum along a dimension.</summary>
    TValue Softmax(TValue x, int dimension);

    /// <summary>The mean over dimensions.</summary>
    TValue Mean(TValue x, long[] dimensions, bool keepDimensions = false);

    /// <summary>The values joined along a dimension.</summary>
    TValue Concatenate(IReadOnlyList<TValue> values, int dimension);

    /// <summary>A part of a dimension.</summary>
    TValue Narrow(TValue x, int dimension, long start, long length);

    /// <summary>Zeros behind the end of a dimension.</summary>
    /// <param name="x">A value.</param>
    /// <param name="dimension">The dimension, counted from 0; not the batch.</param>
    /// <param name="length">The number of zeros, at least 1.</param>
    TValue Pad(TValue x, int dimension, long length);

    /// <summary>The same elements in another shape.</summary>
    TValue Reshape(TValue x, params long[] shape);

    /// <summary>The dimensions in another order; the first stays in its place.</summary>
    TValue Permute(TValue x, params long[] dimensions);
}
