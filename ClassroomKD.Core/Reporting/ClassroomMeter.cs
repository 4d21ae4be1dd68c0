using System.Diagnostics.Metrics;

namespace ClassroomKD;

/// <summary>The meter <c>ClassroomKD</c>: lessons are counted as they are given; figures of mentors appear with each report.</summary>
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

    public static KeyValuePair<string, object?> Classroom(string name) => new("classroom", name);

    public static void Record(string classroom, MentorReport mentor)
    {
        var room = Classroom(classroom);
        var who = new KeyValuePair<string, object?>("mentor", mentor.Name);
        TaughtShare.Record(mentor.TaughtShare, room, who);
        Weight.Record(mentor.MeanWeight, room, who);
        if (!double.IsNaN(mentor.MeanTemperature))
            Temperature.Record(mentor.MeanTemperature, room, who);
        NonFiniteAnswers.Add(mentor.NonFiniteAnswers, room, who);
    }
}
