namespace ClassroomKD;

/// <summary>
/// Checks the tables that rankers, paces and tasks return, once for each form of batch: their shape, type and device. Their values are not
/// read, which would wait for the device.
/// </summary>
internal sealed class PluginResults
{
    private (long Samples, DeviceType Device, int Index) approved = (-1, default, default);
    private (long Samples, DeviceType Device, int Index) current;
    private int mentors; // those that answered

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
    }

    public void Check(ILearningPaceScheduler pace, in LearningPace temperatures)
    {
        Require(pace, nameof(temperatures.Temperatures), temperatures.Temperatures, mentors);
        if (temperatures.StudentTemperatures is { } own)
            Require(pace, nameof(temperatures.StudentTemperatures), own, mentors);
    }

    /// <summary>Ends a step: batches of its form are not checked again.</summary>
    public void Approve() => approved = current;

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
