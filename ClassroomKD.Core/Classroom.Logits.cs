using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>A classroom whose models answer with logits, or with one tensor of another task: see
/// <see cref="Classroom{TAnswer, TTarget}"/>.</summary>
public sealed class Classroom : Classroom<Tensor, Tensor>
{
    /// <summary>A classroom of these mentors.</summary>
    /// <param name="mentors">At least one, each with a name of its own. The classroom does not dispose them.</param>
    /// <param name="options">The variant of the method; default: the recommended one. Later changes have no effect.</param>
    /// <param name="task">What is learned; default: <see cref="LogitsTask"/>.</param>
    /// <param name="ranker">Who teaches; default: Knowledge Filtering with the options' settings.</param>
    /// <param name="pace">How softly; default: the gap's pace, or the options' constant temperature.</param>
    /// <param name="name">What logs and metrics call it; default "classroom".</param>
    /// <param name="logger">Default null: warnings go to standard error. <c>NullLogger.Instance</c> silences them.</param>
    /// <exception cref="ArgumentException">There is no mentor, one is null, two share a name or a model, the task does not read class
    /// maps, or rankers around each other contradict.</exception>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public Classroom(
        IEnumerable<Mentor<Tensor>> mentors,
        ClassroomOptions? options = null,
        IDistillationTask<Tensor, Tensor>? task = null,
        IMentorRanker? ranker = null,
        ILearningPaceScheduler? pace = null,
        string name = "classroom",
        ILogger? logger = null)
        : base(mentors, task ?? new LogitsTask(), options, ranker, pace, name, logger)
    {
    }
}
