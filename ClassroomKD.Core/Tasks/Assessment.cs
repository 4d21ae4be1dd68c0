using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>How student and mentors did on one batch, on the device and without gradient. A task makes it; rankers and paces read it.</summary>
/// <remarks>M mentors, B samples, the student first. What costs an extra pass is computed only when asked for.</remarks>
public class Assessment
{
    /// <summary>How well each did on each sample, <c>[1+M, B]</c> in [0, 1]; 0 where an answer was not finite.</summary>
    public required Tensor Performances { get; init; }

    /// <summary>Whether each answer is right, Boolean <c>[1+M, B]</c>.</summary>
    /// <value>Default null: the task knows no right and wrong.</value>
    public Tensor? Correct { get; init; }

    /// <summary>Whether each answer can be used (has no NaN or infinity), Boolean <c>[1+M, B]</c>.</summary>
    /// <value>Default null: all can.</value>
    public Tensor? Usable { get; init; }

    /// <summary>
    /// Whether each answerer knows the sample's true class, Boolean <c>[1+M, B]</c>: a mentor that does not has performance 0 and does not teach the sample.
    /// </summary>
    /// <value>Default null: all know all.</value>
    public Tensor? Knows { get; init; }

    /// <summary>Whether each sample counts, Boolean <c>[B]</c>: those that do not have no loss, no rank, and no part in the mean.</summary>
    /// <value>Default null: all do.</value>
    public Tensor? Counted { get; init; }

    /// <summary>The cross-entropy of each answer to the truth, in nats, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor CrossEntropies() => throw Unsupported("cross-entropies");

    /// <summary>The entropy of each answer, in nats, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor Entropies() => throw Unsupported("entropies");

    /// <summary>The largest logit of each answer, <c>[1+M, B]</c>.</summary>
    /// <exception cref="NotSupportedException">The task has none.</exception>
    public virtual Tensor LargestLogits() => throw Unsupported("largest logits");

    private static NotSupportedException Unsupported(string what) =>
        new($"This task's assessment has no {what}, which the chosen ranker or pace needs.");
}
