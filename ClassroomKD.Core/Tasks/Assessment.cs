namespace ClassroomKD;

/// <summary>How well student and mentors did on one batch, without gradient. A task makes it; rankers and paces read it.</summary>
/// <remarks>M mentors, B samples, the student first. What costs an extra pass is computed only when a ranker or pace asks for it.</remarks>
public class Assessment
{
    private Tensor? performances;

    /// <summary>How well each did on each sample, <c>[1+M, B]</c> in [0, 1]; 0 where not finite or not counted.</summary>
    public required Tensor Performances { get => performances!; init => performances = value; }

    /// <summary>Whether each answer is right, Boolean <c>[1+M, B]</c>.</summary>
    /// <value>Default null: the task knows no right and wrong.</value>
    public Tensor? Correct { get; init; }

    /// <summary>
    /// Whether each mentor may teach each sample, Boolean <c>[M, B]</c>: it answered without NaN and infinity, it knows the sample's true
    /// class, and the sample counts. The classroom sets the weights of all others to 0, whatever the ranker says.
    /// </summary>
    /// <value>Default null: all may.</value>
    public Tensor? Eligible { get; init; }

    /// <summary>Whether each mentor's answer is free of NaN and infinity, masked classes aside, Boolean <c>[M, B]</c>; reports count the
    /// others.</summary>
    /// <value>Default null: all are.</value>
    public Tensor? Finite { get; init; }

    /// <summary>Whether each sample counts, Boolean <c>[B]</c>. Those that do not have no loss, no rank, and no part in the mean.</summary>
    /// <value>Default null: all count.</value>
    public Tensor? Counted { get; init; }

    /// <summary>The cross-entropy of each answer to the truth, in nats, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor CrossEntropies() => throw Unsupported("cross-entropies");

    /// <summary>The entropy of each answer, in nats, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor Entropies() => throw Unsupported("entropies");

    /// <summary>The Kullback-Leibler divergence of the student's answer from each mentor's at temperature 1, in nats,
    /// <c>[M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor Divergences() => throw Unsupported("divergences");

    /// <summary>The largest logit of each answer, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor LargestLogits() => throw Unsupported("largest logits");

    /// <summary>How far each mentor's prediction is the student's, <c>[M, B]</c> in [0, 1]; 1 where both predict the same.</summary>
    /// <returns>Default null: the task does not say.</returns>
    public virtual Tensor? Agreements() => null;

    /// <summary>Whether each answer, the student's first, could have come out of a softmax, Boolean <c>[1+M, B]</c>; null if it need not be
    /// asked.</summary>
    internal virtual Tensor? LookLikeProbabilities() => null;

    /// <summary>The same performances, told apart by class or another grouping of the task, for reports.</summary>
    /// <returns>Default null: the task tells nothing apart.</returns>
    public virtual AssessedGroups? Groups() => null;

    /// <summary>The same assessment with other performances, for rankers that hand it on.</summary>
    /// <param name="performances"><c>[1+M, B]</c>.</param>
    public Assessment With(Tensor performances)
    {
        var changed = (Assessment)MemberwiseClone();
        changed.performances = performances;
        return changed;
    }

    /// <summary>A table of the mentors, <c>[M, B]</c>, with 0 where they may not teach.</summary>
    internal Tensor OfEligible(Tensor table) => Eligible is null ? table : table.masked_fill(Eligible.logical_not(), Scalars.Zero);

    private static NotSupportedException Unsupported(string what) =>
        new($"The chosen ranker or pace needs {what}, which this task's assessment does not have.");
}
