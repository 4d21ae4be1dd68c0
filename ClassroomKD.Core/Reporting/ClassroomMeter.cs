using System.Diagnostics.Metrics;

namespace ClassroomKD;

/// <summary>
/// The meter <c>ClassroomKD</c>: lessons and steps are counted as they are given; figures of mentors appear with each report, those of a training
/// with each epoch. docs/metrics.md lists the instruments.
/// </summary>
internal static class ClassroomMeter
{
    private static readonly Meter Meter = new("ClassroomKD");

    public static readonly Counter<long> Lessons =
        Meter.CreateCounter<long>("classroomkd.lessons", "{lesson}", "Lessons given.");

    private static readonly Gauge<double> TaughtShare =
        Meter.CreateGauge<double>("classroomkd.mentor.taught_share", "1", "Share of samples that a mentor taught.");

    private static readonly Gauge<double> Weight =
        Meter.CreateGauge<double>("classroomkd.mentor.weight", "1", "A mentor's mean weight over the samples that it taught.");

    private static readonly Gauge<double> Temperature =
        Meter.CreateGauge<double>("classroomkd.mentor.temperature", "1", "A mentor's mean temperature over the samples that it taught.");

    private static readonly Counter<long> NonFiniteAnswers =
        Meter.CreateCounter<long>("classroomkd.mentor.non_finite_answers", "{answer}", "Answers with NaN or infinity.");

    private static readonly Gauge<double> Performance =
        Meter.CreateGauge<double>("classroomkd.mentor.performance", "1", "A mentor's mean performance over all samples.");

    private static readonly Gauge<double> MentorLoss =
        Meter.CreateGauge<double>("classroomkd.mentor.loss", "1", "A mentor's mean part of the loss over all samples.");

    private static readonly Gauge<double> StudentPerformance =
        Meter.CreateGauge<double>("classroomkd.student.performance", "1", "The student's mean performance over all samples.");

    private static readonly Gauge<double> TaskLoss =
        Meter.CreateGauge<double>("classroomkd.task_loss", "1", "The task's mean part of the loss.");

    private static readonly Counter<long> Steps =
        Meter.CreateCounter<long>("classroomkd.training.steps", "{step}", "Steps of the optimizer that a trainer took.");

    private static readonly Histogram<double> EpochDuration =
        Meter.CreateHistogram<double>("classroomkd.training.epoch.duration", "s", "How long an epoch of a trainer took, validation excluded.");

    private static readonly Gauge<double> TrainingLoss =
        Meter.CreateGauge<double>("classroomkd.training.loss", "1", "The mean of the loss that an epoch trained on.");

    private static readonly Gauge<double> LearningRate =
        Meter.CreateGauge<double>("classroomkd.training.learning_rate", "1", "The learning rate of an epoch's last step.");

    private static readonly Gauge<double> Score =
        Meter.CreateGauge<double>("classroomkd.training.score", "1", "The student's score in the last validation.");

    public static KeyValuePair<string, object?> Classroom(string name) => new("classroom", name);

    public static KeyValuePair<string, object?> Student(string name) => new("student", name);

    public static void CountStep(in KeyValuePair<string, object?> student) => Steps.Add(1, student);

    public static void RecordEpoch(in KeyValuePair<string, object?> student, double seconds, double loss, double rate, double? score)
    {
        EpochDuration.Record(seconds, student);
        TrainingLoss.Record(loss, student);
        LearningRate.Record(rate, student);
        if (score is { } value)
            Score.Record(value, student);
    }

    public static void Record(string classroom, TeachingReport report)
    {
        StudentPerformance.Record(report.StudentPerformance, Classroom(classroom));
        TaskLoss.Record(report.TaskLoss, Classroom(classroom));
        foreach (var mentor in report.Mentors)
            Record(classroom, mentor);
    }

    private static void Record(string classroom, MentorReport mentor)
    {
        var room = Classroom(classroom);
        var who = new KeyValuePair<string, object?>("mentor", mentor.Name);
        TaughtShare.Record(mentor.TaughtShare, room, who);
        Weight.Record(mentor.MeanWeight, room, who);
        if (!double.IsNaN(mentor.MeanTemperature))
            Temperature.Record(mentor.MeanTemperature, room, who);
        Performance.Record(mentor.MeanPerformance, room, who);
        MentorLoss.Record(mentor.MeanLoss, room, who);
        NonFiniteAnswers.Add(mentor.NonFiniteAnswers, room, who);
    }
}
