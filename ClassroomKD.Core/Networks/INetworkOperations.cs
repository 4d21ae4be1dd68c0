using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>What a <see cref="NetworkModule"/> may do with a value. Operations are added as networks need them.</summary>
/// <typeparam name="TValue">What stands for a tensor.</typeparam>
/// <remarks>
/// Where an operation has <c>overwrite</c>, true says that its first value is used nowhere else, so that its memory may take the result.
/// </remarks>
public interface INetworkOperations<TValue>
{
    /// <summary>Runs a layer, a <c>Sequential</c> or a block.</summary>
    /// <param name="layer">A module with one input and one output.</param>
    /// <param name="x">Its input.</param>
    /// <returns>Its output.</returns>
    /// <exception cref="NotSupportedException">These operations do not know the module; the message names its type.</exception>
    TValue Apply(nn.Module<Tensor, Tensor> layer, TValue x);

    /// <summary>The sizes of a value; the first, the batch, is -1.</summary>
    long[] Shape(TValue x);

    /// <summary><c>x + y</c></summary>
    TValue Add(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>x * y</c>, broadcast as in PyTorch.</summary>
    TValue Multiply(TValue x, TValue y, bool overwrite = false);

    /// <summary><c>max(x, 0)</c></summary>
    TValue Relu(TValue x, bool overwrite = false);

    /// <summary><c>1 / (1 + exp(-x))</c></summary>
    TValue Sigmoid(TValue x);

    /// <summary>The mean over dimensions.</summary>
    TValue Mean(TValue x, long[] dimensions, bool keepDimensions = false);

    /// <summary>The values one after another along a dimension.</summary>
    TValue Concatenate(IReadOnlyList<TValue> values, int dimension);

    /// <summary>A part of a dimension.</summary>
    TValue Narrow(TValue x, int dimension, long start, long length);

    /// <summary>The same elements in another shape; -1 for the batch.</summary>
    TValue Reshape(TValue x, params long[] shape);

    /// <summary>The dimensions in another order.</summary>
    TValue Permute(TValue x, params long[] dimensions);
}
