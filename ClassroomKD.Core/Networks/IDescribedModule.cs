namespace ClassroomKD.Networks;

/// <summary>A module that holds a described network, which can be exported.</summary>
public interface IDescribedModule
{
    /// <summary>The network; null if the module's network is not described.</summary>
    INetworkDescription? Network { get; }
}

/// <summary>
/// A module that makes its answer from the results of a described network, so that a mentor can run the network in a form made for
/// inference (<see cref="MentorInference.Prepare"/>).
/// </summary>
/// <typeparam name="TAnswer">What the module answers with.</typeparam>
public interface IDescribedModule<out TAnswer> : IDescribedModule
{
    /// <summary>How the answer is read from the network's results, such as a codec and a map of joints, as a text: a training that is
    /// resumed must find it as it was.</summary>
    /// <value>Default empty: the results are the answer.</value>
    string Reading => "";

    /// <summary>Answers a batch as the module's <c>forward</c> does, but runs the network by a given function.</summary>
    /// <param name="input">The batch <c>[B, ...]</c>; not disposed.</param>
    /// <param name="run">
    /// Runs <see cref="IDescribedModule.Network"/> on a batch and returns its results, in the current dispose scope. When a mentor answers,
    /// they have no gradient.
    /// </param>
    /// <returns>The answer, in the current dispose scope.</returns>
    TAnswer Answer(Tensor input, Func<Tensor, IReadOnlyList<Tensor>> run);
}
