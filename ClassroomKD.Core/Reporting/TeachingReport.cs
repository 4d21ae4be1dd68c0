using System.Globalization;

namespace ClassroomKD;

/// <summary>Who taught whom, how much and how softly, over the lessons since the last report.</summary>
/// <param name="Lessons">How many lessons were given.</param>
/// <param name="Samples">How many samples counted.</param>
/// <param name="StudentPerformance">The student's mean performance, in [0, 1].</param>
/// <param name="TaskLoss">The mean of the task's part of the loss, coefficient included, over the lessons whose loss is finite.</param>
/// <param name="PlainTaskLoss">The same without the coefficient, which shrinks while the student is bad; this one falls as it
/// learns.</param>
/// <param name="NonFiniteLosses">How many lessons had a loss of NaN or infinity. They are left out of all means of losses.</param>
/// <param name="Mentors">The mentors, in the classroom's order.</param>
public sealed record TeachingReport(
    long Lessons, long Samples, double StudentPerformance, double TaskLoss, double PlainTaskLoss, long NonFiniteLosses,
    IReadOnlyList<MentorReport> Mentors)
{
    private static readonly string[] Head =
        ["mentor", "taught", "weight", "temperature", "performance", "gap", "agreement", "student ahead", "of the loss", "NaN"];

    /// <summary>The mean of all mentors' parts of the loss: beside <see cref="TaskLoss"/>, the rest of what was trained on.</summary>
    public double MentorLoss => Mentors.Sum(mentor => mentor.MeanLoss);

    /// <summary>
    /// The mean L2 norm of the gradient of the task's part of the loss with respect to the student's answer: how strongly the labels pull.
    /// Measured in every 16th lesson.
    /// </summary>
    /// <value>NaN where none was measured, such as without gradient tracking.</value>
    public double TaskGradient { get; init; } = double.NaN;

    /// <summary>The same of the mentors' part of the loss: how strongly they pull, all together.</summary>
    /// <value>NaN where none was measured.</value>
    public double MentorGradient { get; init; } = double.NaN;

    /// <summary>The mentors' part of both gradients' norms, in [0, 1]; NaN where none was measured or both are 0.</summary>
    public double MentorGradientShare => MentorGradient / (TaskGradient + MentorGradient);

    /// <summary>How much each mentor taught of each class, or of what else the task tells apart.</summary>
    /// <value>Null: the task tells nothing apart.</value>
    public GroupReport? Groups { get; init; }

    /// <summary>What is wrong with a report that was read: JSON knows nothing of what must be there and fit; null: nothing.</summary>
    internal string? Fault
    {
        get
        {
            bool Fits(IReadOnlyList<IReadOnlyList<double>>? rows) =>
                rows?.Count == Mentors.Count && rows.All(row => row?.Count == Groups!.Samples.Count);
            if (Mentors is null || Mentors.Any(mentor => mentor?.Name is null))
                return "a mentor has no name";
            return Groups is null || (Groups is { Kind: not null, Samples: not null } && Fits(Groups.TaughtShares) && Fits(Groups.MeanGaps))
                ? null : $"what its groups were taught is not a number for each of {Mentors.Count} mentors and each group";
        }
    }

    /// <summary>A table of the mentors, in plain text of a fixed width: how much each taught, how, and what share of the loss is its
    /// own.</summary>
    public override string ToString()
    {
        var loss = TaskLoss + MentorLoss;
        string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
        var student = Text($"{Samples:N0} samples in {Lessons:N0} lessons. The student: performance {StudentPerformance:F3}, ") +
            Text($"plain task loss {PlainTaskLoss:G4}.") + Environment.NewLine +
            (loss > 0 ? $"Mentors give {TextTable.Percent(MentorLoss / loss)} of the loss" : "No loss") +
            (double.IsNaN(MentorGradientShare) ? "." : $" and {TextTable.Percent(MentorGradientShare)} of the gradient.") +
            (NonFiniteLosses > 0 ? Text($" {NonFiniteLosses:N0} lessons had a loss of NaN or infinity.") : "");
        return student + Environment.NewLine + TextTable.Of(Head, Mentors.Select(mentor => (string[])
        [
            mentor.Name,
            TextTable.Percent(mentor.TaughtShare),
            TextTable.Number(mentor.TaughtShare > 0 ? mentor.MeanWeight : double.NaN, "F2"),
            TextTable.Number(mentor.MeanTemperature, "F2"),
            TextTable.Number(mentor.MeanPerformance, "F3"),
            TextTable.Number(mentor.MeanGap, "F3"),
            TextTable.Percent(mentor.Agreement),
            TextTable.Percent(mentor.StudentAheadShare),
            loss > 0 ? TextTable.Percent(mentor.MeanLoss / loss) : "-",
            TextTable.Count(mentor.NonFiniteAnswers),
        ]));
    }
}

/// <summary>How much each mentor taught of each group of a task: of each class, of each joint.</summary>
/// <param name="Kind">What a group is, such as "class".</param>
/// <param name="Samples">How many samples of each group counted.</param>
/// <param name="TaughtShares">For each mentor, in the classroom's order, and each group: the share of the group's samples that it taught,
/// in [0, 1]; NaN for a group without samples.</param>
/// <param name="MeanGaps">Likewise how much better than the student it did, on the mean over the samples of the group that it taught; NaN
/// if it taught none.</param>
public sealed record GroupReport(
    string Kind, IReadOnlyList<long> Samples, IReadOnlyList<IReadOnlyList<double>> TaughtShares,
    IReadOnlyList<IReadOnlyList<double>> MeanGaps);
