using System.Diagnostics.Metrics;

namespace ClassroomKD;

/// <summary>
/// The meter <c>ClassroomKD</c>: lessons are counted as they are given; figures of mentors appear with each report. docs/metrics.md lists
/// the instruments.
/// </summary>
internal static class ClassroomMeter
{
    public static readonly Meter Meter = new("ClassroomKD");

    public static readonly Counter<long> Lessons =
        Meter.CreateCounter<long>("classroomkd.lessons", "{lesson}", "Lessons given.");

    private static readonly Gauge<double> StudentPerformance =
        Meter.CreateGauge<double>("classroomkd.student.performance", "1", "The student's mean performance.");

    private static readonly Gauge<double> TaskLoss =
        Meter.CreateGauge<double>("classroomkd.task_loss", "1", "The task's mean part of the loss, coefficient included.");

    private static readonly Gauge<double> PlainTaskLoss =
        Meter.CreateGauge<double>("classroomkd.plain_task_loss", "1", "The task's mean loss without the coefficient.");

    private static readonly Gauge<double> TaskGradient =
        Meter.CreateGauge<double>("classroomkd.task_gradient", "1", "The norm of the task's gradient on the student's answer.");

    private static readonly Gauge<double> MentorGradient =
        Meter.CreateGauge<double>("classroomkd.mentor_gradient", "1", "The norm of all mentors' gradient on the student's answer.");

    private static readonly Counter<long> NonFiniteLosses =
        Meter.CreateCounter<long>("classroomkd.non_finite_losses", "{lesson}", "Lessons whose loss was NaN or infinity.");

    private static readonly Gauge<double> TaughtShare =
        Meter.CreateGauge<double>("classroomkd.mentor.taught_share", "1", "Share of samples that a mentor taught.");

    private static readonly Gauge<double> Weight =
        Meter.CreateGauge<double>("classroomkd.mentor.weight", "1", "A mentor's mean weight over the samples that it taught.");

    private static readonly Gauge<double> Temperature =
        Meter.CreateGauge<double>("classroomkd.mentor.temperature", "1", "A mentor's mean temperature over the samples that it taught.");

    private static readonly Gauge<double> Performance =
        Meter.CreateGauge<double>("classroomkd.mentor.performance", "1", "A mentor's mean performance over all samples.");

    private static readonly Gauge<double> Loss =
        Meter.CreateGauge<double>("classroomkd.mentor.loss", "1", "A mentor's mean part of the loss.");

    private static readonly Gauge<double> Gap =
        Meter.CreateGauge<double>("classroomkd.mentor.gap", "1", "How much better than the student a mentor did where it taught.");

    private static readonly Gauge<double> Agreement =
        Meter.CreateGauge<double>("classroomkd.mentor.agreement", "1", "How far the student's predictions are a mentor's.");

    private static readonly Gauge<double> StudentAheadShare =
        Meter.CreateGauge<double>(
            "classroomkd.mentor.student_ahead_share", "1", "Share of samples on which the student did better than a mentor.");

    private static readonly Counter<long> NonFiniteAnswers =
        Meter.CreateCounter<long>("classroomkd.mentor.non_finite_answers", "{answer}", "Answers with NaN or infinity.");

    public static KeyValuePair<string, object?> Classroom(string name) => new("classroom", name);

    public static void Record(string classroom, TeachingReport report)
    {
        var room = Classroom(classroom);
        StudentPerformance.Record(report.StudentPerformance, room);
        TaskLoss.Record(report.TaskLoss, room);
        PlainTaskLoss.Record(report.PlainTaskLoss, room);
        if (!double.IsNaN(report.TaskGradient))
        {
            TaskGradient.Record(report.TaskGradient, room);
            MentorGradient.Record(report.MentorGradient, room);
        }
        NonFiniteLosses.Add(report.NonFiniteLosses, room);
        foreach (var mentor in report.Mentors)
        {
            var who = new KeyValuePair<string, object?>("mentor", mentor.Name);
            foreach (var (gauge, value) in (ReadOnlySpan<(Gauge<double>, double)>)
                [
                    (TaughtShare, mentor.TaughtShare), (Weight, mentor.MeanWeight), (Temperature, mentor.MeanTemperature),
                    (Loss, mentor.MeanLoss),
                    (Performance, mentor.MeanPerformance),
                    (Gap, mentor.MeanGap), (Agreement, mentor.Agreement), (StudentAheadShare, mentor.StudentAheadShare),
                ])
                if (!double.IsNaN(value))
                    gauge.Record(value, room, who);
            NonFiniteAnswers.Add(mentor.NonFiniteAnswers, room, who);
        }
    }
}
