namespace ClassroomKD.Pose;

/// <summary>What learning a pose is, whatever the student answers with: performances, masks and who teaches which joint.</summary>
/// <remarks>
/// A performance is the OKS of the decoded joints, the same measure for every head and resolution; for the whole batch it is the mean over
/// its samples. One mask serves performance, truth and distillation: a joint counts where it is annotated and near enough to the student's
/// map to be drawn on it. A sample without such a joint does not count. A loss of your own is an <see cref="IPoseLoss{TMaps}"/> or an
/// <see cref="IPoseDistillationLoss{TMaps}"/> in the options. Dispose a task once its classroom is no longer used; it holds numbers per
/// joint on the device.
/// </remarks>
public abstract class PoseTask : IDistillationTask<PoseAnswer, PoseTarget>, IDisposable
{
    private protected PoseTask(PoseTaskOptions options) => Settings = new(options);

    private protected PoseTaskSettings Settings { get; }

    /// <inheritdoc/>
    public string GroupKind => "joint";

    /// <inheritdoc/>
    /// <value>1: the softmax over a map's cells, at beta 10, is soft already. Measured on generated figures; docs/pose.md, "Which
    /// preset".</value>
    public double RecommendedMaxTemperature => 1;

    /// <inheritdoc/>
    /// <value><see cref="RankWeighting.Lead"/>: measured likewise.</value>
    public RankWeighting RecommendedWeighting => RankWeighting.Lead;

    /// <inheritdoc/>
    /// <remarks>The step's assessment is a <see cref="PoseAssessment"/>.</remarks>
    public IDistillationStep Begin(in StepArguments<PoseAnswer, PoseTarget> arguments)
    {
        PoseComparison.Require(arguments, Settings.Oks.Joints);
        return Start(arguments);
    }

    /// <summary>Releases what the task keeps on the device.</summary>
    public void Dispose()
    {
        Settings.Dispose();
        GC.SuppressFinalize(this);
    }

    private protected abstract IDistillationStep Start(in StepArguments<PoseAnswer, PoseTarget> arguments);

    private protected static TPose Student<TPose>(PoseAnswer student, string form, string other)
        where TPose : PoseAnswer =>
        student as TPose ?? throw new ArgumentException(
            $"Expected a student that answers with {form}, found {student.GetType().Name}; its task is the {other}.");
}
