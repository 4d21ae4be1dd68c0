using TorchSharp.Modules;

namespace ClassroomKD;

/// <summary>Processes that train one student together, each on its part of every batch (data-parallel training).</summary>
/// <remarks>
/// <c>DataParallel</c> of the package ClassroomKD.Distributed implements it. All members but <see cref="Rank"/>, <see cref="Size"/> and
/// <see cref="Abort"/> are collective: every process calls them in the same order, with tensors of the same shape and type.
/// </remarks>
public interface IDataParallel
{
    /// <summary>The number of this process, from 0. Rank 0 writes the files.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>Adds up a tensor over all processes.</summary>
    /// <param name="tensor">Replaced in place by the sum; int64, float32 or float64, on any device.</param>
    void Sum(Tensor tensor);

    /// <summary>Replaces a tensor by that of rank 0.</summary>
    /// <param name="tensor">Replaced in place; of any type.</param>
    void Broadcast(Tensor tensor);

    /// <summary>Gives all processes the text of rank 0.</summary>
    /// <param name="text">Read on rank 0 alone.</param>
    /// <returns>Rank 0's text.</returns>
    string Broadcast(string text);

    /// <summary>Refuses to go on where the processes differ.</summary>
    /// <param name="what">What is compared, as the message calls it, such as "training".</param>
    /// <param name="entries">Names and texts that must be the same on every rank.</param>
    /// <exception cref="InvalidOperationException">On every rank: some differ; the message names entries, ranks and texts.</exception>
    void RequireSame(string what, IReadOnlyDictionary<string, string> entries);

    /// <summary>Makes the gradients of the parts of a batch those of the whole: their mean, each weighted by its samples.</summary>
    /// <param name="parameters">The same at each call; their gradients are replaced in place.</param>
    /// <param name="loss">The mean loss <c>[]</c> over the samples of this process's part, of which <c>backward()</c> was called.</param>
    /// <param name="samples">How many samples of the part count, <c>[]</c>; with 0, gradients and loss have no weight.</param>
    /// <returns>The mean loss over the samples of the whole batch, float64 <c>[]</c>, detached, in the caller's dispose scope.</returns>
    Tensor AverageGradients(IReadOnlyList<Parameter> parameters, Tensor loss, Tensor samples);

    /// <summary>Ends all processes, and says which failed and why. Where processes cannot be ended so, it returns.</summary>
    /// <param name="cause">What happened.</param>
    void Abort(Exception cause);
}
