using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>The answers in sentences: what teaching gave, what it cost, and what each mentor had to do with it.</summary>
internal static class Findings
{
    public static XElement Section(Study study) => Html.Section(
        "In short",
        Html.List(study.Runs.Select(run => OfRun(study, run))),
        study.Reference is not null && study.HasScores
            ? Html.Paragraph("Each is one training: a difference may be chance until other seeds show it too.") : null,
        study.Taught.Select(run => (XElement[])
        [
            new("h3", Xml.Clean(study.Runs.Count > 1 ? $"The mentors, {run.Name}" : "The mentors")),
            Html.List(OfMentors(study, run).Append(OfShares(run))),
        ]));

    private static string OfRun(Study study, TrainingRecord run)
    {
        if (run.Epochs.Count == 0)
            return $"{run.Name}: no epoch is done yet.";
        var result = run.Best is { } best
            ? $"{run.Name}: best {study.ScoreName} {study.Score(best.Validation!.Score)}" +
                Html.Text($" after {best.Epoch + 1} of {run.Epochs.Count} epochs")
            : Html.Text($"{run.Name}: mean loss {run.Epochs[^1].Loss:G4} in the last of {run.Epochs.Count} epochs, not validated");
        if (study.Reference is { Best.Validation: { } reference } first && run != first && run.Best?.Validation is { } validation)
        {
            result += $", {study.Difference(validation.Score - reference.Score)} against {first.Name}";
            var ratio = Study.SecondsPerEpoch(run) / Study.SecondsPerEpoch(first);
            if (double.IsFinite(ratio))
                result += Html.Text($", for {ratio:0.00} times its time per epoch");
            if (validation.Score <= reference.Score)
                result += ": by this score it was not worth its cost";
        }

        return result + (run.StoppedEarly ? "; patience ended it." : run.Ended ? "." : "; it has not ended.");
    }

    private static IEnumerable<string> OfMentors(Study study, TrainingRecord run)
    {
        var mentors = MentorSummary.Of(run);
        var losses = mentors.Sum(mentor => mentor.Loss);
        var groups = GroupSummary.Of(run);
        foreach (var mentor in mentors.OrderByDescending(mentor => mentor.Loss))
        {
            if (mentor.TaughtShare == 0)
            {
                yield return $"{mentor.Name} never taught{Cost(study, run, mentor)}: " +
                    $"leave it out, or check its own {study.ScoreName} and the order of its classes.";
                continue;
            }

            yield return $"{mentor.Name} taught {Html.Percent(mentor.TaughtShare)} of the samples ({When(mentor)})" +
                (mentors.Count > 1 ? $" and gave {Html.Percent(mentor.Loss / losses)} of the mentors' loss" : "") +
                    Cost(study, run, mentor) + "." + On(groups, mentor) + Lead(mentor) +
                (mentor.NonFiniteAnswers > 0 ? Html.Text($" It answered {mentor.NonFiniteAnswers:N0} samples with NaN or infinity.") : "");
        }
    }

    private static string OfShares(TrainingRecord run)
    {
        var taught = run.Epochs.Select(epoch => epoch.Teaching).OfType<TeachingReport>().ToList();
        double Share(IEnumerable<TeachingReport> of) =>
            of.Sum(report => report.Samples * report.MentorLoss) / of.Sum(report => report.Samples * (report.TaskLoss + report.MentorLoss));
        var pulls = taught.Select(report => report.MentorGradientShare).Where(double.IsFinite).ToList();
        return $"All mentors together gave {Html.Percent(Share(taught))} of the loss" +
            (pulls.Count == 0 ? "." : $" and {Html.Percent(pulls.Average())} of the gradient on the student's answer" +
                (pulls.Count == 1 ? "." : $" ({Html.Percent(pulls[0])} in the first epoch, {Html.Percent(pulls[^1])} in the last)."));
    }

    // What a mentor taught most, where that differs from what it taught least.
    private static string On(GroupSummary? groups, MentorSummary mentor)
    {
        var ranked = groups?.Ranked(mentor.Name).ToList() ?? [];
        if (ranked.Count < 3 || ranked[0].Taught - ranked[^1].Taught < 0.01)
            return "";
        return $" It taught most of {ranked[0].Name} ({Html.Percent(ranked[0].Taught)}) and {ranked[1].Name} " +
            $"({Html.Percent(ranked[1].Taught)}), least of {ranked[^1].Name} ({Html.Percent(ranked[^1].Taught)}).";
    }

    // The time of an answer was measured apart from the training, of the model itself.
    private static string Cost(Study study, TrainingRecord run, MentorSummary mentor)
    {
        if (run.IsRecorded(mentor.Name))
            return ", and took none of the training's time, since its answers were recorded before";
        if (study.Facts.GetValueOrDefault(mentor.Name)?.SecondsPerBatch is not { } seconds)
            return "";
        var (batches, time) = (run.Epochs.Sum(epoch => epoch.Teaching?.Lessons ?? 0), run.Epochs.Sum(epoch => epoch.Seconds));
        return $", and took about {Html.Percent(seconds * batches / time)} of the training's time";
    }

    private static string When(MentorSummary mentor)
    {
        var (first, last) = (mentor.Epochs[0].Report, mentor.Epochs[^1].Report);
        if (mentor.Epochs.Count == 1)
            return "in one epoch";
        var (epoch, most) = mentor.Epochs.MaxBy(entry => entry.Report.TaughtShare);
        return $"{Html.Percent(first.TaughtShare)} in the first epoch and {Html.Percent(last.TaughtShare)} in the last" +
            (most == first || most == last ? "" : Html.Text($" with a peak of {Html.Percent(most.TaughtShare)} in epoch {epoch + 1}"));
    }

    private static string Lead(MentorSummary mentor)
    {
        if (double.IsNaN(mentor.StudentAhead))
            return "";
        var last = mentor.Epochs[^1].Report.StudentAheadShare;
        return $" The student did better than it on {Html.Percent(mentor.StudentAhead)} of the samples" +
            (double.IsNaN(last) || mentor.Epochs.Count == 1 ? "." : $", and on {Html.Percent(last)} in the last epoch.");
    }
}
