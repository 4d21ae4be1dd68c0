using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>
/// A network, or a block of one, whose forward pass is a description: the same code runs in training, in a mentor's fast inference and in
/// an export to another format.
/// </summary>
/// <remarks>
/// Layers and blocks are fields (registered by <c>RegisterComponents</c>) and are run by <see cref="INetworkOperations{TValue}.Apply"/>;
/// what has no parameters is an operation. A forward pass releases its temporaries when it ends: what the backward pass needs is
/// kept by the graph itself.
/// </remarks>
public abstract class NetworkModule : nn.Module<Tensor, Tensor>, INetworkDescription, IDescribedModule<Tensor>
{
    private static readonly string[] OneResult = ["output"];

    /// <summary>Names the module.</summary>
    /// <param name="name">The module's name, as <c>GetName()</c> gives it.</param>
    protected NetworkModule(string name)
        : base(name)
    {
    }

    nn.Module INetworkDescription.Owner => this;

    IReadOnlyList<string> INetworkDescription.ResultNames => OneResult;

    INetworkDescription IDescribedModule.Network => this;

    /// <summary>Says what the network does with its input. Whoever calls it opens a dispose scope around the call.</summary>
    /// <typeparam name="TValue">What stands for a tensor: a tensor, or a node of an exported graph.</typeparam>
    /// <param name="ops">The operations. Nothing else may touch a value.</param>
    /// <param name="input">The input; not to be overwritten.</param>
    /// <returns>The result, never <paramref name="input"/> itself.</returns>
    public abstract TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input);

    /// <summary>Runs the description on a tensor, in a dispose scope of its own.</summary>
    /// <param name="input">The input; not disposed.</param>
    /// <returns>The result, in the caller's dispose scope if there is one, else the caller's to dispose.</returns>
    public sealed override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Describe(TensorOperations.Instance, input).MoveToOuterDisposeScope();
    }

    IReadOnlyList<TValue> INetworkDescription.DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input) => [Describe(ops, input)];

    Tensor IDescribedModule<Tensor>.Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run(input)[0];
    }
}

/// <summary>A network whose description has several results, of which its answer is made: see <see cref="NetworkModule"/>.</summary>
/// <typeparam name="TAnswer">What it answers with: a tuple of tensors.</typeparam>
public abstract class NetworkModule<TAnswer> : nn.Module<Tensor, TAnswer>, INetworkDescription, IDescribedModule<TAnswer>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">The module's name, as <c>GetName()</c> gives it.</param>
    protected NetworkModule(string name)
        : base(name)
    {
    }

    /// <inheritdoc/>
    public abstract IReadOnlyList<string> ResultNames { get; }

    nn.Module INetworkDescription.Owner => this;

    INetworkDescription IDescribedModule.Network => this;

    /// <inheritdoc/>
    public abstract IReadOnlyList<TValue> DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input);

    /// <inheritdoc/>
    public TAnswer Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return Answer(run(input));
    }

    /// <summary>Runs the description on a tensor, in a dispose scope of its own.</summary>
    /// <param name="input">The input; not disposed.</param>
    /// <returns>The answer; its tensors are in the caller's dispose scope if there is one, else the caller's to dispose.</returns>
    public sealed override TAnswer forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Answer([.. DescribeResults(TensorOperations.Instance, input).Select(result => result.MoveToOuterDisposeScope())]);
    }

    /// <summary>Puts the answer together.</summary>
    /// <param name="results">The description's results, in their order.</param>
    /// <returns>The answer, made of these very tensors.</returns>
    protected abstract TAnswer Answer(IReadOnlyList<Tensor> results);
}
