namespace ClassroomKD;

/// <summary>In what a mentor differs from the student (another input, other classes, another device), and how it computes its
/// answers.</summary>
/// <remarks>Several mentors may share one object; changes after a mentor was made have no effect.</remarks>
public sealed class MentorOptions
{
    /// <summary>How the student's input becomes the mentor's, on the device, before every answer.</summary>
    /// <value>Default null: the mentor takes the student's input as it is.</value>
    public MentorInput? Input { get; set; }

    /// <summary>Which of the mentor's classes are which of the student's; for tasks whose answers are logits.</summary>
    /// <value>Default null: the same classes in the same order.</value>
    public ClassMap? Classes { get; set; }

    /// <summary>
    /// What the numbers are that the model answers with; for models that answer with one tensor.
    /// <see cref="Mentor{TAnswer}.Answer(Tensor)"/> gives logits: of probabilities their logarithm, at least that of the smallest normal
    /// number; log-probabilities are logits as they are.
    /// </summary>
    /// <value>Default <see cref="AnswerForm.Logits"/>.</value>
    public AnswerForm Answers { get; set; }

    /// <summary>
    /// Where the model is, if that is not where the student is: another GPU, or the CPU for a model that does not fit beside the student.
    /// Each batch is moved there and the answer back to the batch's device, which waits for a device if one of the two is the CPU. The
    /// model is not moved.
    /// </summary>
    /// <value>Default null: the batch and the answer stay on the student's device.</value>
    public Device? Device { get; set; }

    /// <summary>How the answers are computed.</summary>
    /// <value>Default: as fast as they can be with the same answers.</value>
    public MentorInference Inference { get; set; } = new();

    /// <exception cref="ArgumentException">What is stated cannot be of a mentor that answers with this type.</exception>
    internal void Check(string mentor, Type answer)
    {
        if (!Enum.IsDefined(Answers) || (Answers != AnswerForm.Logits && answer != typeof(Tensor)))
            throw new ArgumentException(
                $"Mentor '{mentor}': {nameof(Answers)} {Answers} was stated, but it answers with {answer.Name}; one {nameof(Tensor)} can " +
                $"hold {AnswerForm.Probabilities} or {AnswerForm.LogProbabilities}.");
        if (Device is not null && !AnswerTensors.CanMove(answer))
            throw new ArgumentException(
                $"Mentor '{mentor}': answers of type {answer} cannot be moved from {Device}; tensors, tuples of them and types that " +
                $"implement {nameof(IMovableAnswer)} can.");
    }
}
