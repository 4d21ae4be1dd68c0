namespace ClassroomKD.Networks;

/// <summary>A forward pass as a sequence of operations, with one or several results; inference and export read it.</summary>
/// <remarks>Derive from <see cref="NetworkModule"/> or <see cref="NetworkModule{TAnswer}"/> rather than implementing it.</remarks>
public interface INetworkDescription
{
    /// <summary>The module that holds the parameters and buffers of the description.</summary>
    nn.Module Owner { get; }

    /// <summary>The names of the results in an exported file, in order.</summary>
    IReadOnlyList<string> ResultNames { get; }

    /// <summary>Applies the network's operations to an input. The caller opens a dispose scope around the call.</summary>
    /// <typeparam name="TValue">What stands for a tensor.</typeparam>
    /// <param name="ops">The operations.</param>
    /// <param name="input">The input; not overwritten.</param>
    /// <returns>One result for each name; the first dimension of each is the batch.</returns>
    IReadOnlyList<TValue> DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input);
}
