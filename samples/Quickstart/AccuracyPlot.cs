using ClassroomKD.Reports;
using Samples;

namespace Quickstart;

/// <summary>Test accuracy of the three students over the epochs, with the mentors as level lines.</summary>
internal static class AccuracyPlot
{
    /// <summary>Writes the plot as SVG: whole or not at all.</summary>
    public static void Write(StudyResult result, string path) => new LineChart
    {
        Title = "Test accuracy of one student, taught in three ways",
        YTitle = "accuracy",
        InPercent = true,
        Series =
        [
            .. result.Students.Select((student, i) => new ChartSeries(
                student.Name,
                [.. Enumerable.Range(0, result.Epochs).Select(epoch =>
                    new ChartPoint(epoch + 1, student.Trainings.Average(training => training.Epochs[epoch].Validation!.Score)))], i)),
            .. result.Mentors.Select((mentor, i) => ChartSeries.Level(
                $"mentor {mentor.Name}", mentor.Exam.Score, 1, Math.Max(2, result.Epochs), result.Students.Count + i)),
        ],
    }.Write(path);
}
