using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>A network from one tensor to one tensor that releases its temporaries when its forward pass ends.</summary>
/// <remarks>
/// Without a scope every intermediate activation waits for the finalizer. What the backward pass needs is kept by the graph itself,
/// so releasing the handles early costs nothing in training and frees the memory at once under <c>no_grad</c>.
/// </remarks>
public abstract class ScopedModule : nn.Module<Tensor, Tensor>
{
    /// <summary>Names the module.</summary>
    /// <param name="name">The module's name, as <c>GetName()</c> gives it.</param>
    protected ScopedModule(string name)
        : base(name)
    {
    }

    /// <summary>Runs <see cref="Compute"/> in a dispose scope of its own.</summary>
    /// <param name="input">The input; not disposed.</param>
    /// <returns>The result, in the caller's dispose scope if there is one, else the caller's to dispose.</returns>
    public sealed override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return Compute(input).MoveToOuterDisposeScope();
    }

    /// <summary>The network itself. Temporaries need no <c>using</c>.</summary>
    /// <param name="input">The input; not to be disposed.</param>
    /// <returns>A new tensor, never <paramref name="input"/> itself.</returns>
    protected abstract Tensor Compute(Tensor input);
}
