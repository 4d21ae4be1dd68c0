namespace ClassroomKD;

/// <summary>
/// Checks the tables that rankers, paces and tasks return. Their shape, type and device are looked at once for each form of batch. Their
/// values are read in the first lesson, so that a plugin that is wrong fails at once; later they are looked at on the device, which nobody
/// waits for.
/// </summary>
internal sealed class PluginResults : IDisposable
{
    private static readonly Scalar Infinity = Scalars.Of(double.PositiveInfinity);

    private (long Samples, DeviceType Device, int Index) approved = (-1, default, default);
    private (long Samples, DeviceType Device, int Index) current;
    private int mentors; // those that answered
    private Tensor? refused; // float64 []: how often a mentor could not teach a sample for a weight or temperature that is none

    private bool IsFirst => approved.Samples < 0;

    private bool IsNew => current != approved;

    /// <summary>Begins a step, of which this table <c>[1+M, B]</c> shows the form.</summary>
    public void Begin(IDistillationStep step, Tensor performances, int present)
    {
        mentors = present;
        current = (performances.dim() == 2 ? performances.size(1) : 0, performances.device_type, performances.device_index);
        Require(step, nameof(Assessment.Performances), performances, 1 + mentors);
    }

    public void Check(IMentorRanker ranker, in Ranking ranking)
    {
        Require(ranker, nameof(ranking.Ranks), ranking.Ranks, 1 + mentors);
        Require(ranker, nameof(ranking.Weights), ranking.Weights, mentors);
        if (!IsFirst)
            return;
        RequireAll(ranker, nameof(ranking.Ranks), "finite numbers of at least 0", ranking.Ranks.ge(Scalars.Zero), ranking.Ranks);
        RequireAll(ranker, nameof(ranking.Weights), "finite numbers of at least 0", ranking.Weights.ge(Scalars.Zero), ranking.Weights);
    }

    public void Check(ILearningPaceScheduler pace, in LearningPace temperatures)
    {
        Require(pace, nameof(temperatures.Temperatures), temperatures.Temperatures, mentors);
        if (temperatures.StudentTemperatures is { } own)
            Require(pace, nameof(temperatures.StudentTemperatures), own, mentors);
        if (!IsFirst)
            return;
        foreach (var (table, name) in new[]
        {
            (temperatures.Temperatures, nameof(temperatures.Temperatures)),
            (temperatures.StudentTemperatures, nameof(temperatures.StudentTemperatures)),
        })
            if (table is not null)
                RequireAll(pace, name, "finite numbers above 0", table.gt(Scalars.Zero), table);
    }

    /// <summary>Who does not teach: those of weight 0, and of weights and temperatures that are out of range, which are counted.</summary>
    /// <returns>Boolean <c>[M, B]</c>.</returns>
    public Tensor Silent(Tensor weights, in LearningPace temperatures)
    {
        var teaches = Usable(weights).logical_and(Usable(temperatures.Temperatures));
        if (temperatures.StudentTemperatures is { } own)
            teaches = teaches.logical_and(Usable(own));
        var silent = teaches.logical_not();
        var count = silent.logical_and(weights.ne(Scalars.Zero)).sum(ScalarType.Float64);
        if (refused is null || refused.device_type != current.Device || refused.device_index != current.Index)
        {
            refused?.Dispose();
            refused = zeros_like(count).DetachFromDisposeScope();
        }

        refused.add_(count, Scalars.One);
        return silent;
    }

    /// <summary>Ends a step: batches of its form are not checked again.</summary>
    public void Approve() => approved = current;

    /// <summary>How often a mentor could not teach a sample since the last reading. Waits for the device.</summary>
    public long ReadRefused()
    {
        var count = (long)(refused?.item<double>() ?? 0);
        Dispose();
        return count;
    }

    public void Dispose()
    {
        refused?.Dispose();
        refused = null;
    }

    private static Tensor Usable(Tensor table) => table.gt(Scalars.Zero).logical_and(table.lt(Infinity));

    private static void RequireAll(object plugin, string name, string expected, Tensor inRange, Tensor table)
    {
        if (inRange.logical_and(table.lt(Infinity)).all().item<bool>())
            return;
        double[] ends = [table.min().to(ScalarType.Float64).item<double>(), table.max().to(ScalarType.Float64).item<double>()];
        throw new InvalidOperationException(
            $"{plugin.GetType().Name} returned {name} from {ends[0]} to {ends[1]}; {expected} were expected.");
    }

    private void Require(object plugin, string name, Tensor? table, long rows)
    {
        if (!IsNew)
            return;
        if (table is null)
            throw new InvalidOperationException($"{plugin.GetType().Name} returned no {name}.");
        if (table.dim() != 2 || table.size(0) != rows || table.size(1) != current.Samples || !table.is_floating_point()
            || table.device_type != current.Device || table.device_index != current.Index)
            throw new InvalidOperationException(
                $"{plugin.GetType().Name} returned {name} as {table.dtype} [{string.Join(", ", table.shape)}] on {table.device}; " +
                $"a floating-point table [{rows}, {current.Samples}] on {new Device(current.Device, current.Index)} was expected.");
    }
}
