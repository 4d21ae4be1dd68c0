using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>A forward pass told in operations, with one result or several: what inference and export read.</summary>
/// <remarks>Derive from <see cref="NetworkModule"/> or <see cref="NetworkModule{TAnswer}"/> rather than implementing it.</remarks>
public interface INetworkDescription
{
    /// <summary>The module that holds the parameters and buffers of which the description speaks.</summary>
    nn.Module Owner { get; }

    /// <summary>What the results are called in an exported file, in their order.</summary>
    IReadOnlyList<string> ResultNames { get; }

    /// <summary>Says what is done with an input. Whoever calls it opens a dispose scope around the call.</summary>
    /// <typeparam name="TValue">What stands for a tensor.</typeparam>
    /// <param name="ops">The operations.</param>
    /// <param name="input">The input; not overwritten.</param>
    /// <returns>As many results as there are names; the first dimension of each is the batch.</returns>
    IReadOnlyList<TValue> DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input);
}
