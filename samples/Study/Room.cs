using ClassroomKD;
using ClassroomKD.Vision;
using TorchSharp;

namespace Study;

/// <summary>The classroom of a setting.</summary>
internal static class Room
{
    /// <param name="setting">Rank x gate x pace x loss.</param>
    /// <param name="mentors">Who teaches, at least one.</param>
    /// <param name="task">What is learned.</param>
    /// <param name="steps">How many steps the training takes.</param>
    /// <returns>The classroom; the caller disposes it.</returns>
    public static Classroom<TAnswer, TTarget> Create<TAnswer, TTarget>(
        Setting setting, IReadOnlyList<Mentor<TAnswer>> mentors, IDistillationTask<TAnswer, TTarget> task, long steps) => new(
        mentors, task, setting.Classroom, Ranker(setting, task.RecommendedWeighting, steps),
        setting.Dynamic is { } temperature ? new DynamicTemperaturePace(temperature) : null);

    /// <summary>The task of logits of a setting.</summary>
    public static LogitsTask Logits(Setting setting) => new(new()
    {
        DistillationFactor = setting.Factor ?? 1,
        LabelSmoothing = setting.LabelSmoothing,
        Loss = Loss(setting.Loss),
        JointLoss = setting.Loss == LossChoice.Ensemble ? new EnsembleLoss() : null,
    });

    private static ILogitsDistillationLoss? Loss(LossChoice loss) => loss switch
    {
        LossChoice.Dkd => new DkdLoss(),
        LossChoice.Dist => new DistLoss(),
        LossChoice.Standardized => new LogitStandardizationLoss(),
        LossChoice.Wttm => new WttmLoss(),
        _ => null,
    };

    private static IMentorRanker Ranker(Setting setting, RankWeighting recommended, long steps)
    {
        IMentorRanker ranker = setting.Ranker switch
        {
            RankerChoice.Uniform => new UniformRanker(),
            RankerChoice.Confidence => new ConfidenceAwareRanker(),
            RankerChoice.Entropy => new EntropyRanker(),
            _ => setting.Classroom.CreateRanker(recommended),
        };
        if (setting.RunningMean is { } decay)
            ranker = new RunningMeanRanker(decay, ranker);
        if (setting.Drop is { } probability)
            ranker = new TeacherDroppingRanker(probability, ranker);
        if (setting.FadeTo is { } end)
            ranker = new FadingRanker(steps, end, ranker);
        return setting.Ask is { } count ? new RandomMentorsRanker(count, ranker) : ranker;
    }
}
