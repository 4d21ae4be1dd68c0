using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Sums of what lessons gave, kept on the device until somebody asks.</summary>
internal sealed class TeachingTally(string classroom, IReadOnlyList<string> mentors, ILogger logger) : IDisposable
{
    private const int PerMentor = 10;
    private const int Overall = 6;

    // [10, M]: taught, weight, temperature where taught, performance, loss, not finite, eligible, gap where taught, agreement, student
    // ahead
    private Tensor? perMentor;

    // [6]: samples, student's performance, samples of finite lessons, task loss x these, plain task loss x these, lessons not finite
    private Tensor? overall;
    private long lessons;

    public void Add(Lesson lesson, Assessment assessment)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var taught = lesson.Weights.ne(Scalars.Zero);
        var performances = assessment.Performances.narrow(0, 1, mentors.Count);
        var ofStudent = assessment.Performances.narrow(0, 0, 1);
        var counted = assessment.Counted ?? ones_like(taught.select(0, 0));
        var eligible = assessment.Eligible ?? counted.expand_as(taught);
        var infinite = assessment.Finite is { } finite ? finite.logical_not().logical_and(counted) : zeros_like(taught);
        var lost = lesson.Loss.isfinite().logical_not();
        var agreements = assessment.Agreements()?.to(performances.dtype) ?? performances.mul(Scalars.Of(double.NaN));
        var sums = stack(
        [
            taught.to(performances.dtype), lesson.Weights, lesson.Temperatures.mul(taught), performances,
            lesson.MentorLosses.masked_fill(lost, Scalars.Zero), infinite.to(performances.dtype), eligible.to(performances.dtype),
            performances.sub(ofStudent).mul(taught), agreements.mul(eligible),
            ofStudent.gt(performances).logical_and(eligible).to(performances.dtype),
        ]).sum(2, type: ScalarType.Float64);
        var samples = counted.sum(ScalarType.Float64);
        var losses = stack([ones_like(samples), lesson.TaskLoss.to(ScalarType.Float64), lesson.PlainTaskLoss.to(ScalarType.Float64)])
            .mul(samples).masked_fill(lost, Scalars.Zero);
        var totals = cat([stack([samples, ofStudent.sum(ScalarType.Float64)]), losses, lost.to(ScalarType.Float64).unsqueeze(0)]);

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

    /// <summary>Counts a lesson of which this process had no sample.</summary>
    public void AddNothing() => lessons++;

    /// <summary>What a checkpoint keeps: the sums, which stay the tally's, and how many lessons they are of.</summary>
    public (Tensor? PerMentor, Tensor? Overall, long Lessons) State => (perMentor, overall, lessons);

    /// <summary>Goes on from a checkpoint.</summary>
    public void Restore(Tensor? sums, Tensor? totals, long count)
    {
        Dispose();
        (perMentor, overall, lessons) = (sums?.clone().DetachFromDisposeScope(), totals?.clone().DetachFromDisposeScope(), count);
    }

    /// <summary>Makes the sums those of all processes.</summary>
    /// <param name="parallel">The processes.</param>
    /// <param name="everywhere">Whether on every rank; else on rank 0 alone, so that what follows is not counted twice.</param>
    public void Unite(IDataParallel parallel, bool everywhere)
    {
        using var scope = NewDisposeScope();
        // A process that had no sample does not know the device of the others.
        var device = perMentor?.device ?? CPU;
        var sums = perMentor?.to(CPU, copy: true) ?? zeros([PerMentor, mentors.Count], ScalarType.Float64);
        var totals = overall?.to(CPU, copy: true) ?? zeros([Overall], ScalarType.Float64);
        parallel.Sum(sums);
        parallel.Sum(totals);
        var here = everywhere || parallel.Rank == 0;
        Restore(here ? sums.to(device) : null, here ? totals.to(device) : null, lessons);
    }

    public TeachingReport Read(IDataParallel? parallel = null)
    {
        if (parallel is not null)
            Unite(parallel, everywhere: true);
        var sums = perMentor is null ? new double[PerMentor * mentors.Count] : Values(perMentor);
        var totals = overall is null ? new double[Overall] : Values(overall);
        var (samples, finite) = (totals[0], totals[2]);
        var report = new TeachingReport(
            lessons, (long)samples, Ratio(totals[1], samples), Ratio(totals[3], finite), Ratio(totals[4], finite), (long)totals[5],
            [.. mentors.Select((name, m) =>
            {
                double Sum(int row) => sums[row * mentors.Count + m];
                var (taught, eligible) = (Sum(0), Sum(6));
                return new MentorReport(
                    name, Ratio(taught, samples), Ratio(Sum(1), taught), Ratio(Sum(2), taught, double.NaN), Ratio(Sum(3), samples),
                    Ratio(Sum(4), finite), (long)Sum(5), Ratio(eligible, samples), Ratio(Sum(7), taught, double.NaN),
                    Ratio(Sum(8), eligible, double.NaN), Ratio(Sum(9), eligible, double.NaN));
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
        ClassroomMeter.Record(classroom, report);
        foreach (var mentor in report.Mentors.Where(mentor => mentor.NonFiniteAnswers > 0))
            Log.NonFiniteAnswers(logger, mentor.Name, classroom, mentor.NonFiniteAnswers, report.Samples);
        Log.Reported(logger, classroom, report.Lessons, report.Samples, report.StudentPerformance);
    }

    private static double Ratio(double sum, double count, double ofNone = 0) => count == 0 ? ofNone : sum / count;

    private static double[] Values(Tensor tensor)
    {
        using var onHost = tensor.cpu();
        return onHost.data<double>().ToArray();
    }
}
