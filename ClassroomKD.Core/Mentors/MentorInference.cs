namespace ClassroomKD;

/// <summary>How a mentor computes its answers.</summary>
public sealed class MentorInference
{
    /// <summary>
    /// Whether a <see cref="Networks.NetworkModule"/>, or the one within an <see cref="Networks.IDescribedModule"/>, answers from a private
    /// copy of its weights, made for answering: batch normalization folded into convolutions, channels last. The same answers up to
    /// rounding (1e-5), faster on the CPU (docs/performance.md says how much).
    /// </summary>
    /// <value>
    /// Default true. Weights that change are copied anew before the next answer; set it to false for a module whose weights change with
    /// every step, such as a moving average of the student. Other modules are run as they are, and so are all on Windows, where a change
    /// could not be noticed.
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
