using Microsoft.Extensions.Logging;

namespace ClassroomKD;

/// <summary>Sums of what lessons gave, kept on the device until somebody asks.</summary>
internal sealed class TeachingTally(string classroom, IReadOnlyList<string> mentors, string groupKind, ILogger logger) : IDisposable
{
    private const int PerMentor = 10;
    private const int Overall = 9;

    // [10, M]: taught, weight, temperature where taught, performance, loss, not finite, eligible, gap where taught, agreement, student
    // ahead
    private Tensor? perMentor;

    // [9]: samples, student's performance, samples of finite lessons, task loss x these, plain task loss x these, lessons not finite,
    // lessons whose gradients were measured, the norms of the task's and of the mentors'
    private Tensor? overall;

    // [1 + 2M, groups]: samples; taught by each mentor; gap of each where it taught
    private Tensor? perGroup;
    private long lessons;

    /// <summary>Adds a lesson.</summary>
    /// <param name="lesson">What was given.</param>
    /// <param name="assessment">What it was decided from.</param>
    /// <param name="gradients">Float64 <c>[2]</c>, see <see cref="AnswerGradients"/>; null where they were not measured.</param>
    public void Add(Lesson lesson, Assessment assessment, Tensor? gradients)
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
        var pulls = gradients is null
            ? zeros([3], ScalarType.Float64, samples.device)
            : cat([ones_like(gradients.narrow(0, 0, 1)), gradients]).masked_fill(lost.logical_or(gradients.isfinite().all().logical_not()),
                Scalars.Zero);
        var totals = cat([stack([samples, ofStudent.sum(ScalarType.Float64)]), losses, lost.to(ScalarType.Float64).unsqueeze(0), pulls]);

        if (perMentor is null || perMentor.device_type != sums.device_type || perMentor.device_index != sums.device_index)
        {
            Dispose();
            perMentor = zeros_like(sums).DetachFromDisposeScope();
            overall = zeros_like(totals).DetachFromDisposeScope();
        }
        perMentor.add_(sums, Scalars.One);
        overall!.add_(totals, Scalars.One);
        if (assessment.Groups() is { } groups)
            Add(groups, taught);
        lessons++;
        ClassroomMeter.Lessons.Add(1, ClassroomMeter.Classroom(classroom));
    }

    /// <summary>Counts a lesson of which this process had no sample.</summary>
    public void AddNothing() => lessons++;

    /// <summary>What a checkpoint keeps: the sums, which stay the tally's, and how many lessons they are of.</summary>
    public (IEnumerable<KeyValuePair<string, Tensor>> Sums, long Lessons) State =>
        (Named().Where(entry => entry.Sum is not null).Select(entry => KeyValuePair.Create(entry.Name, entry.Sum!)), lessons);

    /// <summary>Goes on from a checkpoint.</summary>
    /// <param name="state">Holds the sums by their names, among others.</param>
    /// <param name="device">Where the lessons are given.</param>
    /// <param name="count">How many lessons they are of.</param>
    /// <exception cref="ArgumentException">A sum has another shape or type.</exception>
    public void Restore(IReadOnlyDictionary<string, Tensor> state, Device device, long count)
    {
        Dispose();
        long[][] shapes = [[PerMentor, mentors.Count], [Overall], [1 + 2 * mentors.Count, -1]];
        foreach (var ((name, _), shape) in Named().Zip(shapes))
            if (state.TryGetValue(name, out var sum) && (sum.dtype != ScalarType.Float64 || sum.dim() != shape.Length
                || !sum.shape.Zip(shape).All(extent => extent.Second is -1 || extent.First == extent.Second)))
                throw new ArgumentException(
                    $"Expected '{name}' to be Float64 [{string.Join(", ", shape)}], found {sum.dtype} [{string.Join(", ", sum.shape)}].");
        Tensor?[] sums = [.. Named().Select(entry =>
            state.TryGetValue(entry.Name, out var sum) ? sum.to(device, copy: true).DetachFromDisposeScope() : null)];
        (perMentor, overall, perGroup, lessons) = (sums[0], sums[1], sums[2], count);
    }

    /// <summary>Makes the sums those of all processes.</summary>
    /// <param name="parallel">The processes.</param>
    /// <param name="everywhere">Whether on every rank; else on rank 0 alone, so that what follows is not counted twice.</param>
    public void Unite(IDataParallel parallel, bool everywhere)
    {
        using var scope = NewDisposeScope();
        // In the memory of the CPU, where they are read: a process that had no sample does not know the device of the others.
        var device = perMentor?.device ?? CPU;
        var (named, lengths) = (Named(), LargestLengths(parallel));
        long[][] shapes = [[PerMentor, -1], [-1], [1 + 2 * mentors.Count, -1]];
        var state = new Dictionary<string, Tensor>();
        for (var i = 0; i < named.Length; i++)
        {
            if (lengths[i] == 0)
                continue;
            var sum = named[i].Sum?.to(CPU, copy: true).flatten() ?? zeros([lengths[i]], ScalarType.Float64);
            parallel.Sum(sum);
            if (everywhere || parallel.Rank == 0)
                state.Add(named[i].Name, sum.reshape(shapes[i]));
        }

        Restore(state, device, lessons);
    }

    public TeachingReport Read(IDataParallel? parallel = null)
    {
        if (parallel is not null)
            Unite(parallel, everywhere: true);
        var (sums, totals, ofGroups) = ReadSums();
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
            })])
        {
            TaskGradient = Ratio(totals[7], totals[6], double.NaN),
            MentorGradient = Ratio(totals[8], totals[6], double.NaN),
            Groups = ofGroups.Length == 0 ? null : Groups(ofGroups),
        };
        Publish(report);
        Dispose();
        return report;
    }

    public void Dispose()
    {
        foreach (var (_, sum) in Named())
            sum?.Dispose();
        perMentor = overall = perGroup = null;
        lessons = 0;
    }

    private (string Name, Tensor? Sum)[] Named() => [("tally.mentors", perMentor), ("tally.all", overall), ("tally.groups", perGroup)];

    // How many numbers each sum has, on the rank that has it.
    private unsafe long[] LargestLengths(IDataParallel parallel)
    {
        var named = Named();
        using var lengths = zeros([parallel.Size, named.Length], ScalarType.Int64);
        var numbers = new Span<long>(TensorMemory.Address<long>(lengths), parallel.Size * named.Length);
        for (var i = 0; i < named.Length; i++)
            numbers[parallel.Rank * named.Length + i] = named[i].Sum?.numel() ?? 0;
        parallel.Sum(lengths);
        var largest = new long[named.Length];
        for (var i = 0; i < numbers.Length; i++)
            largest[i % named.Length] = Math.Max(largest[i % named.Length], numbers[i]);
        return largest;
    }

    private void Add(AssessedGroups groups, Tensor taught)
    {
        var count = mentors.Count;
        if (perGroup is null || perGroup.size(1) != groups.Count)
        {
            perGroup?.Dispose();
            perGroup = zeros([1 + 2 * count, groups.Count], ScalarType.Float64, taught.device).DetachFromDisposeScope();
        }
        var here = taught.unsqueeze(2).logical_and(groups.Eligible.narrow(0, 1, count));
        var gaps = groups.Performances.narrow(0, 1, count).sub(groups.Performances.narrow(0, 0, 1)).mul(here);
        var table = cat([groups.Eligible.narrow(0, 0, 1).to(ScalarType.Float64), here.to(ScalarType.Float64), gaps.to(ScalarType.Float64)])
            .flatten(1);
        perGroup.scatter_add_(1, groups.Members.flatten().unsqueeze(0).expand_as(table), table);
    }

    private GroupReport Groups(double[] sums)
    {
        var rows = sums.Chunk(sums.Length / (1 + 2 * mentors.Count)).ToList();
        double[] Ratios(double[] row, double[] of) => [.. row.Zip(of, (sum, count) => Ratio(sum, count, double.NaN))];
        var (taught, gaps) = (rows[1..(1 + mentors.Count)], rows[(1 + mentors.Count)..]);
        return new GroupReport(
            groupKind, [.. rows[0].Select(count => (long)count)], [.. taught.Select(row => Ratios(row, rows[0]))],
            [.. gaps.Zip(taught, Ratios)]);
    }

    private void Publish(TeachingReport report)
    {
        ClassroomMeter.Record(classroom, report);
        foreach (var mentor in report.Mentors.Where(mentor => mentor.NonFiniteAnswers > 0))
            Log.NonFiniteAnswers(logger, mentor.Name, classroom, mentor.NonFiniteAnswers, report.Samples);
        Log.Reported(logger, classroom, report.Lessons, report.Samples, report.StudentPerformance);
    }

    private static double Ratio(double sum, double count, double ofNone = 0) => count == 0 ? ofNone : sum / count;

    // All in one copy from the device.
    private (double[] PerMentor, double[] Overall, double[] PerGroup) ReadSums()
    {
        var all = PerMentor * mentors.Count + Overall;
        var values = new double[all];
        if (perMentor is not null)
        {
            using var scope = NewDisposeScope();
            values = cat([.. Named().Where(entry => entry.Sum is not null).Select(entry => entry.Sum!.flatten())]).cpu()
                .data<double>().ToArray();
        }

        return (values[..(all - Overall)], values[(all - Overall)..all], values[all..]);
    }
}
