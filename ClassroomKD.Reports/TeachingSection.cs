using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>Who taught whom and when, in one training.</summary>
internal static class TeachingSection
{
    public static XElement Create(Study study, TrainingRecord run)
    {
        var mentors = MentorSummary.Of(run);
        return Html.Section(
            $"Who taught: {run.Name}",
            Mentors(study, run, mentors),
            Html.Paragraph(
                "Taught: the share of samples on which the mentor was better than the student and taught it. Weight, temperature and "
                    + "gap: means where it taught; the gap is how much better it did. Agreement: how far the student's predictions are the "
                    + "mentor's. Student ahead: where the student did better. Of the loss: the mentor's part of what was "
                    + "trained on; the rest is the "
                    + "labels'. Gradients are those with respect to the student's answer, before they go back through "
                    + "the network. Per batch: the time of one answer."
            ),
            Html.Charts([
                Curves("Who taught, and when", "share of the samples taught", m => m.TaughtShare, percent: true),
                Shares(study, run),
                Gradients(study, run),
                Curves("Weight where it taught", "mean weight", m => m.TaughtShare > 0 ? m.MeanWeight : double.NaN),
                Curves("Temperature where it taught", "mean temperature", m => m.MeanTemperature),
                Curves("Gap to the student where it taught", "mean gap in performance", m => m.MeanGap),
                Curves("Student ahead of the mentor", "share of the samples", m => m.StudentAheadShare, percent: true),
                mentors.All(mentor => double.IsNaN(mentor.Agreement))
                    ? null
                    : Curves("Student says what the mentor says", "agreement", m => m.Agreement, percent: true),
            ]),
            Html.Details("All figures, epoch by epoch", Figures(study, run))
        );

        LineChart Curves(string title, string unit, Func<MentorReport, double> figure, bool percent = false) =>
            new()
            {
                Title = title,
                YTitle = unit,
                InPercent = percent,
                FromZero = true,
                Series =
                [
                    .. mentors.Select(mentor => new ChartSeries(
                        mentor.Name,
                        [.. mentor.Epochs.Select(entry => new ChartPoint(entry.Epoch + 1, figure(entry.Report)))],
                        study.Style(mentor.Name)
                    )),
                ],
            };
    }

    private static XElement Mentors(Study study, TrainingRecord run, IReadOnlyList<MentorSummary> mentors)
    {
        var taught = run.Epochs.Where(epoch => epoch.Teaching is not null).Select(epoch => epoch.Teaching!).ToList();
        var samples = taught.Sum(report => (double)report.Samples);
        var labels = taught.Sum(report => report.Samples * report.TaskLoss) / samples;
        var whole = labels + mentors.Sum(mentor => mentor.Loss);
        return Html.Table(
            [
                "mentor",
                $"own {study.ScoreName}",
                "performance",
                "taught",
                "weight",
                "temperature",
                "gap",
                "agreement",
                "student ahead",
                "of the loss",
                "parameters",
                "per batch",
                "NaN answers",
            ],
            [
                .. mentors.Select(mentor =>
                {
                    var facts = study.Facts.GetValueOrDefault(mentor.Name);
                    return (string[])
                        [
                            mentor.Name,
                            study.Score(facts?.Score),
                            Html.Number(mentor.Performance, "F3"),
                            Html.Percent(mentor.TaughtShare),
                            Html.Number(mentor.Weight, "F2"),
                            Html.Number(mentor.Temperature, "F2"),
                            Html.Number(mentor.Gap, "F3"),
                            Html.Percent(mentor.Agreement),
                            Html.Percent(mentor.StudentAhead),
                            Html.Percent(mentor.Loss / whole),
                            facts?.Parameters is { } parameters ? Html.Text($"{parameters:N0}") : Html.Unknown,
                            (facts?.SecondsPerBatch is { } seconds ? Html.Duration(seconds) : Html.Unknown) +
                                (run.IsRecorded(mentor.Name) ? " (recorded before)" : ""),
                            Html.Text($"{mentor.NonFiniteAnswers:N0}"),
                        ];
                }),
                [
                    "labels and student",
                    study.Score(run.Best?.Validation?.Score),
                    Html.Number(taught.Sum(report => report.Samples * report.StudentPerformance) / samples, "F3"),
                    "",
                    "",
                    "",
                    "",
                    "",
                    "",
                    Html.Percent(labels / whole),
                    "",
                    "",
                    "",
                ],
            ]
        );
    }

    // The labels' part is drawn like the run itself.
    private static LineChart Shares(Study study, TrainingRecord run)
    {
        var epochs = run.Epochs.Where(epoch => epoch.Teaching is not null).ToList();
        double Whole(EpochResult epoch) => epoch.Teaching!.TaskLoss + epoch.Teaching.MentorLoss;
        return new LineChart
        {
            Title = "Whose loss it is",
            YTitle = "part of the loss",
            InPercent = true,
            FromZero = true,
            Series =
            [
                new(
                    "labels",
                    [.. epochs.Select(epoch => new ChartPoint(epoch.Epoch + 1, epoch.Teaching!.TaskLoss / Whole(epoch)))],
                    study.Style(run)
                ),
                .. MentorSummary
                    .Of(run)
                    .Select(mentor => new ChartSeries(
                        mentor.Name,
                        [
                            .. mentor.Epochs.Select(entry => new ChartPoint(
                                entry.Epoch + 1,
                                entry.Report.MeanLoss / Whole(epochs.Find(epoch => epoch.Epoch == entry.Epoch)!)
                            )),
                        ],
                        study.Style(mentor.Name)
                    )),
            ],
        };
    }

    // Null where no gradient was measured.
    private static LineChart? Gradients(Study study, TrainingRecord run)
    {
        var epochs = run.Epochs.Where(epoch => epoch.Teaching is { MentorGradientShare: not double.NaN }).ToList();
        ChartSeries Series(string name, Func<TeachingReport, double> share, int style) =>
            new(name, [.. epochs.Select(epoch => new ChartPoint(epoch.Epoch + 1, share(epoch.Teaching!)))], style);
        return epochs.Count == 0 ? null : new LineChart
        {
            Title = "Whose gradient it is",
            YTitle = "part of the gradients' norms on the student's answer",
            InPercent = true,
            FromZero = true,
            Series =
            [
                Series("labels", report => 1 - report.MentorGradientShare, study.Style(run)),
                Series("all mentors", report => report.MentorGradientShare, study.StyleOfAll),
            ],
        };
    }

    private static XElement Figures(Study study, TrainingRecord run) =>
        Html.Table(
            [
                "epoch",
                study.ScoreName,
                "student's performance",
                "plain task loss",
                "mentor",
                "taught",
                "weight",
                "temperature",
                "performance",
                "loss",
            ],
            run.Epochs.Where(epoch => epoch.Teaching is not null)
                .SelectMany(epoch =>
                    epoch.Teaching!.Mentors.Select(mentor =>
                        (string[])
                            [
                                Html.Text($"{epoch.Epoch + 1}"),
                                study.Score(epoch.Validation?.Score),
                                Html.Number(epoch.Teaching.StudentPerformance, "F3"),
                                Html.Number(epoch.Teaching.PlainTaskLoss),
                                mentor.Name,
                                Html.Percent(mentor.TaughtShare),
                                Html.Number(mentor.MeanWeight, "F2"),
                                Html.Number(mentor.MeanTemperature, "F2"),
                                Html.Number(mentor.MeanPerformance, "F3"),
                                Html.Number(mentor.MeanLoss),
                            ]
                    )
                )
        );
}
