using System.Collections.ObjectModel;

namespace ClassroomKD.Networks;

/// <summary>
/// A network, or a block of one, that describes its forward pass: the same code runs in training, in a mentor's fast inference and in an
/// export to another format.
/// </summary>
/// <remarks>
/// Layers and blocks are fields, registered by <c>RegisterComponents</c> and run by <see cref="INetworkOperations{TValue}.Apply"/>;
/// everything without parameters is an operation. A forward pass releases its temporaries when it ends; the graph keeps what the backward
/// pass needs.
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

    /// <summary>
    /// What other conventions call parts of this network, by a part of a name in their files: <c>linear</c> for the <c>fc</c> of
    /// <c>fc.weight</c>. <c>LoadWeights</c> takes either.
    /// </summary>
    /// <value>Default empty.</value>
    public virtual IReadOnlyDictionary<string, string> NameSynonyms => ReadOnlyDictionary<string, string>.Empty;

    nn.Module INetworkDescription.Owner => this;

    IReadOnlyList<string> INetworkDescription.ResultNames => OneResult;

    INetworkDescription IDescribedModule.Network => this;

    /// <summary>Applies the network's operations to an input. The caller opens a dispose scope around the call.</summary>
    /// <typeparam name="TValue">What stands for a tensor: a tensor, or a node of an exported graph.</typeparam>
    /// <param name="ops">The operations, the only way to use a value.</param>
    /// <param name="input">The input, which must not be overwritten.</param>
    /// <returns>The result, which is never <paramref name="input"/> itself.</returns>
    public abstract TValue Describe<TValue>(INetworkOperations<TValue> ops, TValue input);

    /// <summary>Runs the description on a tensor, in a dispose scope of its own.</summary>
    /// <param name="input">The input; not disposed.</param>
    /// <returns>The result, in the caller's dispose scope if there is one, else the caller's to dispose.</returns>
    public sealed override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Describe(TensorOperations.Instance, input).MoveToOuterDisposeScope();
    }

    IReadOnlyList<TValue> INetworkDescription.DescribeResults<TValue>(INetworkOperations<TValue> ops, TValue input) =>
        [Describe(ops, input)];

    Tensor IDescribedModule<Tensor>.Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run)
    {
        ArgumentNullException.ThrowIfNull(run);
        return run(input)[0];
    }
}

/// <summary>A network that makes its answer from several results; see <see cref="NetworkModule"/>.</summary>
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

    /// <summary>Makes the answer.</summary>
    /// <param name="results">The description's results, in their order.</param>
    /// <returns>The answer, made of these tensors and no copies.</returns>
    protected abstract TAnswer Answer(IReadOnlyList<Tensor> results);
}
