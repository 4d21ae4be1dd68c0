using System.Globalization;

namespace ClassroomKD;

/// <summary>A <see cref="TeachingReport"/> as text.</summary>
internal static class TeachingTable
{
    private static readonly string[] Head =
        ["mentor", "taught", "weight", "temperature", "performance", "gap", "agreement", "student ahead", "of the loss", "NaN"];

    public static string Of(TeachingReport report)
    {
        var loss = report.TaskLoss + report.MentorLoss;
        var student = string.Create(
            CultureInfo.InvariantCulture,
            $"{report.Samples:N0} samples in {report.Lessons:N0} lessons. The student: performance {report.StudentPerformance:F3}, ") +
            string.Create(CultureInfo.InvariantCulture, $"plain task loss {report.PlainTaskLoss:G4}") +
            (loss > 0 ? $"; labels give {TextTable.Percent(report.TaskLoss / loss)} of the loss." : ".") +
            (report.NonFiniteLosses > 0
                ? string.Create(CultureInfo.InvariantCulture, $" {report.NonFiniteLosses:N0} lessons had a loss of NaN or infinity.") : "");
        return student + Environment.NewLine + TextTable.Of(Head, report.Mentors.Select(mentor => (string[])
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
            mentor.NonFiniteAnswers.ToString("N0", CultureInfo.InvariantCulture),
        ]));
    }
}
