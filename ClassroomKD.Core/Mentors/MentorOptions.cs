namespace ClassroomKD;

/// <summary>In what a mentor differs from the student (another input, other classes), and how it computes its answers.</summary>
/// <remarks>Several mentors may share one object; changes after a mentor was made have no effect.</remarks>
public sealed class MentorOptions
{
    /// <summary>How the student's input becomes the mentor's, on the device, before every answer.</summary>
    /// <value>Default null: the mentor takes the student's input as it is.</value>
    public MentorInput? Input { get; set; }

    /// <summary>Which of the mentor's classes are which of the student's; for tasks whose answers are logits.</summary>
    /// <value>Default null: the same classes in the same order.</value>
    public ClassMap? Classes { get; set; }

    /// <summary>How the answers are computed.</summary>
    /// <value>Default: as fast as they can be with the same answers.</value>
    public MentorInference Inference { get; set; } = new();
}
