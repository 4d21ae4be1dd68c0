using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Sums of what lessons gave, kept on the device until somebody asks.</summary>
internal sealed class TeachingTally(string classroom, IReadOnlyList<string> mentors, ILogger logger) : IDisposable
{
    private const int PerMentor = 6;
    private Tensor? perMentor; // [6, M]: taught, weight, temperature where taught, performance, loss, unusable
    private Tensor? overall;   // [3]: samples, student's performance, task loss x samples
    private long lessons;

    public void Add(Lesson lesson, Assessment assessment)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var count = mentors.Count;
        var taught = lesson.Weights.ne(Scalars.Zero);
        var performances = assessment.Performances.narrow(0, 1, count);
        var counted = assessment.Counted ?? ones_like(taught.select(0, 0));
        var unusable = assessment.Finite is { } finite
            ? finite.logical_not().logical_and(counted)
            : zeros_like(taught);
        var sums = stack(
        [
            taught.to(performances.dtype), lesson.Weights, lesson.Temperatures.mul(taught), performances, lesson.MentorLosses,
            unusable.to(performances.dtype),
        ]).sum(2, type: ScalarType.Float64);
        var samples = counted.sum(ScalarType.Float64);
        var ofStudent = assessment.Performances.select(0, 0).sum(ScalarType.Float64);
        var totals = stack([samples, ofStudent, lesson.TaskLoss.to(ScalarType.Float64).mul(samples)]);

        if (perMentor is null || perMentor.device_type != sums.device_type || perMentor.device_index != sums.device_index)
        {
            Dispose();
            perMentor = zeros_like(sums).DetachFromDisposeScope();
            overall = zeros_like(totals).DetachFromDisposeScope();
        }
        perMentor.add_(sums, Scalars.One);
        overall!.add_(totals, Scalars.One);
        lessons++;
        ClassroomMeter.Lessons.Add(1, ClassroomMeter.Classroom(classroom));
    }

    public TeachingReport Read()
    {
        var sums = perMentor is null ? new double[PerMentor * mentors.Count] : Values(perMentor);
        var totals = overall is null ? new double[3] : Values(overall);
        var samples = totals[0];
        var report = new TeachingReport(
            lessons, (long)samples, Ratio(totals[1], samples), Ratio(totals[2], samples),
            [.. mentors.Select((name, m) =>
            {
                double Sum(int row) => sums[row * mentors.Count + m];
                var taught = Sum(0);
                return new MentorReport(
                    name, Ratio(taught, samples), Ratio(Sum(1), taught), taught == 0 ? double.NaN : Sum(2) / taught,
                    Ratio(Sum(3), samples), Ratio(Sum(4), samples), (long)Sum(5));
            })]);
        Publish(report);
        Dispose();
        return report;
    }

    public void Dispose()
    {
        perMentor?.Dispose();
        overall?.Dispose();
        perMentor = overall = null;
        lessons = 0;
    }

    private void Publish(TeachingReport report)
    {
        foreach (var mentor in report.Mentors)
        {
            ClassroomMeter.Record(classroom, mentor);
            if (mentor.NonFiniteAnswers > 0)
                Log.NonFiniteAnswers(logger, mentor.Name, classroom, mentor.NonFiniteAnswers, report.Samples);
        }
        Log.Reported(logger, classroom, report.Lessons, report.Samples, report.StudentPerformance);
    }

    private static double Ratio(double sum, double count) => count == 0 ? 0 : sum / count;

    private static double[] Values(Tensor tensor)
    {
        using var onHost = tensor.cpu();
        return onHost.data<double>().ToArray();
    }
}
