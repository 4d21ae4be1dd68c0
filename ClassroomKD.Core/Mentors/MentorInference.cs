namespace ClassroomKD;

/// <summary>How a mentor computes its answers.</summary>
public sealed class MentorInference
{
    /// <summary>
    /// Whether a <see cref="Networks.NetworkModule"/>, or the one within an <see cref="Networks.IDescribedModule"/>, answers from a private
    /// copy of its weights, made for answering: batch normalisation folded into convolutions, channels last. The same answers up to
    /// rounding (1e-5), faster on the CPU (docs/performance.md says how much).
    /// </summary>
    /// <value>
    /// Default true. Set it to false for a module whose weights go on changing, such as a moving average of the student: the copy
    /// is made at the first answer. Other modules are run as they are.
    /// </value>
    public bool Prepare { get; set; } = true;

    /// <summary>The type that such a network computes in; answers come in the type of its weights all the same.</summary>
    /// <value>
    /// Default null: the type of its weights. <see cref="ScalarType.BFloat16"/> is faster still on processors that have it, and moves
    /// logits by less than 1 % of the largest one: mentors near the student's rank can change places with it (docs/performance.md). A
    /// floating type; needs <see cref="Prepare"/>.
    /// </value>
    public ScalarType? Type { get; set; }
}
