using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>The trainings side by side: a table and curves.</summary>
internal static class RunsSection
{
    public static XElement Create(Study study) => Html.Section(
        study.Runs.Count > 1 ? "The trainings compared" : "The training",
        Table(study),
        Html.Charts(
        [
            study.HasScores ? Scores(study) : null,
            Curves(study, "Loss that was trained on", "mean of the epoch", epoch => epoch.Loss),
            Curves(study, "Plain loss of the labels", "mean of the epoch", epoch => epoch.Teaching?.PlainTaskLoss ?? epoch.Loss),
            Curves(study, "Learning rate", "at the epoch's last step", epoch => epoch.LearningRate),
        ]));

    private static XElement Table(Study study)
    {
        string[] figures = [.. study.Runs.SelectMany(run => run.Epochs)
            .SelectMany(epoch => epoch.Validation?.Figures?.Keys ?? []).Distinct()];
        var reference = study.Reference?.Best?.Validation?.Score;
        return Html.Table(
            [
                "training", "epochs", $"best {study.ScoreName}", "in epoch", $"last {study.ScoreName}",
                .. study.Reference is { } first ? [$"against {first.Name}"] : (string[])[],
                .. figures, "last loss", "time", "time per epoch", "begun (UTC)", "resumed",
            ],
            study.Runs.Select(run => (string[])
            [
                run.Name + (run.Ended ? run.StoppedEarly ? " (stopped early)" : "" : " (not ended)"),
                Html.Text($"{run.Epochs.Count}"),
                study.Score(run.Best?.Validation?.Score),
                run.Best is { } best ? Html.Text($"{best.Epoch + 1}") : Html.Unknown,
                study.Score(Last(run)?.Validation?.Score),
                .. study.Reference is null ? [] : (string[])
                [
                    run != study.Reference && run.Best?.Validation?.Score is { } score && reference is { } other
                        ? study.Difference(score - other) : Html.Unknown,
                ],
                .. figures.Select(figure =>
                    Html.Number(Last(run)?.Validation?.Figures?.GetValueOrDefault(figure, double.NaN) ?? double.NaN)),
                Html.Number(run.Epochs.Count == 0 ? double.NaN : run.Epochs[^1].Loss),
                Html.Duration(run.Epochs.Sum(epoch => epoch.Seconds)),
                run.Epochs.Count == 0 ? Html.Unknown : Html.Duration(Study.SecondsPerEpoch(run)),
                run.Starts.Count == 0 ? Html.Unknown : Html.Text($"{run.Starts[0].UtcDateTime:yyyy-MM-dd HH:mm}"),
                run.Starts.Count == 0 ? Html.Unknown : Html.Text($"{run.Starts.Count - 1}"),
            ]));
    }

    private static EpochResult? Last(TrainingRecord run) => run.Epochs.LastOrDefault(epoch => epoch.Validation is not null);

    private static LineChart Scores(Study study)
    {
        var longest = Math.Max(2, study.Runs.SelectMany(run => run.Epochs).Max(epoch => epoch.Epoch + 1));
        return new LineChart
        {
            Title = $"Validation: {study.ScoreName}", YTitle = study.ScoreName, InPercent = study.ScoreInPercent,
            Series =
            [
                .. study.Runs.Select(run => Series(study, run, epoch => epoch.Validation?.Score ?? double.NaN, skip: true)),
                .. study.Facts.Values.Where(facts => facts.Score is not null).Select(facts =>
                    ChartSeries.Level($"mentor {facts.Name}", facts.Score!.Value, 1, longest, study.Style(facts.Name))),
            ],
        };
    }

    private static LineChart Curves(Study study, string title, string unit, Func<EpochResult, double> figure) => new()
    {
        Title = title, YTitle = unit, FromZero = true, Series = [.. study.Runs.Select(run => Series(study, run, figure))],
    };

    private static ChartSeries Series(Study study, TrainingRecord run, Func<EpochResult, double> figure, bool skip = false) => new(
        run.Name,
        [.. run.Epochs.Select(epoch => new ChartPoint(epoch.Epoch + 1, figure(epoch))).Where(point => !skip || !double.IsNaN(point.Y))],
        study.Style(run));
}
