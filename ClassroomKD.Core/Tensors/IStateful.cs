namespace ClassroomKD;

/// <summary>A ranker, pace or task that remembers something from step to step, which a <see cref="Trainer{TAnswer, TTarget}"/> keeps in its
/// checkpoints.</summary>
/// <remarks>
/// Without it a resumed training would go on with what a new object remembers: nothing. A ranker that wraps another shows it as
/// <see cref="IMentorRanker.Inner"/>, and both are kept.
/// </remarks>
public interface IStateful
{
    /// <summary>What is remembered now.</summary>
    /// <returns>Tensors by name, on any device; they stay this object's. Empty: nothing yet.</returns>
    IReadOnlyDictionary<string, Tensor> SaveState();

    /// <summary>Goes on with what was remembered.</summary>
    /// <param name="state">What <see cref="SaveState"/> returned, on the CPU; disposed after the call.</param>
    void RestoreState(IReadOnlyDictionary<string, Tensor> state);
}
