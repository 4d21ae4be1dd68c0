using System.Globalization;
using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Watches a training for what commonly goes wrong, and says it once, in one sentence with what to do.</summary>
/// <remarks>
/// It finds a mentor that never teaches, answers NaN or was passed by the student; mentors whose loss drowns the labels'; a loss that grows
/// or is NaN; tensors that nothing disposes. It looks at the figures of each epoch and counts live tensors after each step, so it
/// waits for the device at the end of an epoch alone. Your own loop may call <see cref="Stepped"/> and <see cref="EpochEnded"/> as
/// well. Use one for each training.
/// </remarks>
public sealed class TrainingDiagnosis : ITrainingObserver
{
    private readonly ILogger? logger;
    private readonly IReadOnlyList<ITrainingObserver> listeners;
    private readonly DiagnosisOptions options;
    private readonly TensorGrowth tensors;
    private readonly List<string> notices = [];
    private readonly HashSet<string> told = [];
    private readonly HashSet<string> taught = [];
    private Tensor? firstLoss; // on the device until the epoch ends
    private double first = double.NaN;
    private double least = double.PositiveInfinity;
    private double last = double.NaN;
    private int rises;

    /// <summary>A diagnosis of one training.</summary>
    /// <param name="logger">Is warned of what is found. Default null: none.</param>
    /// <param name="listeners">
    /// Are told by <see cref="ITrainingObserver.Noticed"/>, such as the other observers. Default null: none.
    /// </param>
    /// <param name="options">Where the limits are. Default: see there.</param>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    public TrainingDiagnosis(ILogger? logger = null, IReadOnlyList<ITrainingObserver>? listeners = null, DiagnosisOptions? options = null)
    {
        this.logger = logger;
        this.listeners = listeners ?? [];
        this.options = new DiagnosisOptionsValidator().ThrowIfInvalid(options ?? new());
        tensors = new TensorGrowth(this.options.TensorSpan);
    }

    /// <summary>What was found so far.</summary>
    public IReadOnlyList<string> Notices => notices;

    /// <inheritdoc/>
    public void Started(IReadOnlyDictionary<string, string> fingerprint, IReadOnlyList<EpochResult> epochs)
    {
        // What a training that is resumed was told before is told again only if it happens again.
        foreach (var epoch in epochs ?? [])
            Remember(epoch);
    }

    /// <inheritdoc/>
    public void Stepped(in TrainingProgress progress, Lesson? lesson)
    {
        if (double.IsNaN(first) && lesson is not null)
            firstLoss ??= lesson.PlainTaskLoss.clone().DetachFromDisposeScope();
        if (tensors.Add(Tensor.TotalCount) is { } perStep)
            Tell(
                "tensors",
                $"Each step leaves {Math.Round(perStep)} more tensors behind, so that the memory runs out: open a dispose scope (using " +
                "var scope = torch.NewDisposeScope()) " +
                "around what is done in a step, in observers and data too.");
    }

    /// <inheritdoc/>
    public void EpochEnded(EpochResult result)
    {
        ArgumentNullException.ThrowIfNull(result);
        if (firstLoss is not null)
            using (firstLoss)
                (first, firstLoss) = (firstLoss.to(ScalarType.Float64).item<double>(), null);
        DiagnoseLoss(result);
        if (result.Teaching is { Samples: > 0 } teaching)
        {
            foreach (var mentor in teaching.Mentors)
                DiagnoseMentor(result.Epoch, teaching, mentor);
            DiagnoseShares(result.Epoch, teaching);
        }

        Remember(result);
    }

    private void DiagnoseLoss(EpochResult result)
    {
        var rate = Text(result.LearningRate);
        if (!double.IsFinite(result.Loss) || result.Teaching is { NonFiniteLosses: > 0 })
            Tell(
                "loss",
                $"The loss became NaN or infinity in epoch {result.Epoch} at a learning rate of {rate}: begin anew with a tenth of it, " +
                "and set " +
                $"{nameof(TrainerOptions)}.{nameof(TrainerOptions.WarmUpSteps)} and {nameof(TrainerOptions.MaxGradientNorm)}.");
        else if (PlainLoss(result) is var loss && loss > last && rises >= 1 && loss > options.LargestLossGrowth * least)
            Tell(
                "growth",
                $"The loss has grown for {rises + 1} epochs, to {Text(loss)} from {Text(least)}, at a learning rate of {rate}: lower " +
                "the rate, or set " +
                $"{nameof(TrainerOptions)}.{nameof(TrainerOptions.WarmUpSteps)} or {nameof(TrainerOptions.MaxGradientNorm)}.");
        else if (PlainLoss(result) is var mean && mean > options.LargestLossRise * first)
            Tell(
                "growth",
                $"The loss was {Text(mean)} in epoch {result.Epoch}, after {Text(first)} in the first step, at a learning rate of {rate}" +
                $": begin anew with a tenth of it, and set {nameof(TrainerOptions)}.{nameof(TrainerOptions.WarmUpSteps)} and " +
                $"{nameof(TrainerOptions.MaxGradientNorm)}.");
    }

    private void DiagnoseMentor(int epoch, TeachingReport teaching, MentorReport mentor)
    {
        if (mentor.NonFiniteAnswers > 0)
            Tell(
                $"NaN {mentor.Name}",
                $"Mentor '{mentor.Name}' answered {mentor.NonFiniteAnswers} of {teaching.Samples} samples of epoch {epoch} with NaN or " +
                "infinity and taught none of them: compute it " +
                "in float32, and check its weights and its input.");
        if (mentor.NonFiniteAnswers == teaching.Samples)
            return;
        if (mentor.EligibleShare == 0)
            Tell(
                $"silent {mentor.Name}",
                $"Mentor '{mentor.Name}' knows the class of none of the {teaching.Samples} samples of epoch {epoch} and cannot teach: " +
                "check its class map.");
        else if (mentor.TaughtShare == 0 && !taught.Contains(mentor.Name))
            Tell(
                $"silent {mentor.Name}",
                $"Mentor '{mentor.Name}' taught none of the {teaching.Samples} samples of epoch {epoch}, since it was never right and " +
                "better than the student: examine it " +
                $"({nameof(ClassroomInspection)}.{nameof(ClassroomInspection.Inspect)}), or leave it out and save its time.");
        else if (mentor.StudentAheadShare > options.PassedShare)
            Tell(
                $"passed {mentor.Name}",
                $"The student was ahead of mentor '{mentor.Name}' on {TextTable.Percent(mentor.StudentAheadShare)} of the samples of " +
                $"epoch {epoch}: leave it out, or take a better " +
                "one; what it teaches no longer pays for its time.");
    }

    private void DiagnoseShares(int epoch, TeachingReport teaching)
    {
        // Labels count for nothing where the student has lost its way, since it is by its performance that they count.
        var isLost = told.Contains("loss") || told.Contains("growth");
        if (epoch > 0 && !isLost && teaching.MentorLoss > options.LargestLossRatio * teaching.TaskLoss)
            Tell(
                "ratio",
                $"The mentors' part of the loss was {Text(teaching.MentorLoss / teaching.TaskLoss)} times the labels' in epoch " +
                $"{epoch}, so that the labels hardly count: lower the " +
                $"temperatures ({nameof(ClassroomOptions)}.{nameof(ClassroomOptions.Pace)}), or set " +
                $"{nameof(ClassroomOptions.TaskCoefficient)} to {nameof(TaskCoefficient.One)}.");
    }

    private void Remember(EpochResult result)
    {
        var loss = PlainLoss(result);
        rises = loss > last ? rises + 1 : 0;
        (last, least) = (loss, Math.Min(least, double.IsFinite(loss) ? loss : least));
        taught.UnionWith((result.Teaching?.Mentors ?? []).Where(mentor => mentor.TaughtShare > 0).Select(mentor => mentor.Name));
    }

    // The loss that is trained on rises with the student's performance, its coefficient; the plain one falls.
    private static double PlainLoss(EpochResult result) =>
        result.Teaching is { Samples: > 0 } teaching ? teaching.PlainTaskLoss : result.Loss;

    private static string Text(double number) => number.ToString("G3", CultureInfo.InvariantCulture);

    private void Tell(string about, string message)
    {
        if (!told.Add(about))
            return;
        notices.Add(message);
        if (logger is not null)
            Log.Noticed(logger, message);
        foreach (var listener in listeners)
            listener.Noticed(message);
    }
}
