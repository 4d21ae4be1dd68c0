using System.Diagnostics.Metrics;

namespace ClassroomKD;

/// <summary>The instruments of trainings on the meter <c>ClassroomKD</c>: steps are counted as they are taken, the rest appears with each
/// epoch.</summary>
internal static class TrainingMeter
{
    private static readonly Counter<long> Steps =
        ClassroomMeter.Meter.CreateCounter<long>("classroomkd.training.steps", "{step}", "Steps that a trainer took.");

    private static readonly Histogram<double> EpochDuration =
        ClassroomMeter.Meter.CreateHistogram<double>(
            "classroomkd.training.epoch.duration", "s", "How long an epoch took, without validation.");

    private static readonly Gauge<double> Loss =
        ClassroomMeter.Meter.CreateGauge<double>("classroomkd.training.loss", "1", "The mean of the loss that an epoch trained on.");

    private static readonly Gauge<double> LearningRate =
        ClassroomMeter.Meter.CreateGauge<double>("classroomkd.training.learning_rate", "1", "The learning rate of an epoch's last step.");

    private static readonly Gauge<double> Score =
        ClassroomMeter.Meter.CreateGauge<double>("classroomkd.training.score", "1", "The student's score in the last validation.");

    public static KeyValuePair<string, object?> Student(string name) => new("student", name);

    public static void CountStep(in KeyValuePair<string, object?> student) => Steps.Add(1, student);

    public static void RecordEpoch(in KeyValuePair<string, object?> student, double seconds, double loss, double rate, double? score)
    {
        EpochDuration.Record(seconds, student);
        Loss.Record(loss, student);
        LearningRate.Record(rate, student);
        if (score is { } value)
            Score.Record(value, student);
    }
}
