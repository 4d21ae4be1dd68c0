using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>A module that holds a described network, which can be exported.</summary>
public interface IDescribedModule
{
    /// <summary>The network; null if the one within is of another kind.</summary>
    INetworkDescription? Network { get; }
}

/// <summary>
/// A module whose answer is made from the results of a described network, whoever runs it: a mentor then runs it in the form made for
/// answering (<see cref="MentorInference.Prepare"/>).
/// </summary>
/// <typeparam name="TAnswer">What the module answers with.</typeparam>
public interface IDescribedModule<out TAnswer> : IDescribedModule
{
    /// <summary>Answers a batch as the module's <c>forward</c> does, with the network run by somebody else.</summary>
    /// <param name="input">The batch <c>[B, ...]</c>; not disposed.</param>
    /// <param name="run">
    /// Runs <see cref="IDescribedModule.Network"/> on a batch: its results, in the current dispose scope. Without gradient where a mentor answers.
    /// </param>
    /// <returns>The answer, in the current dispose scope.</returns>
    TAnswer Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run);
}
