namespace ClassroomKD.Distributed;

/// <summary>How many threads of libtorch a process has among those of its machine.</summary>
internal static class LocalThreads
{
    public static void Use(int? threads)
    {
        if (threads is { } number)
            set_num_threads(number);
    }

    /// <summary>The processors that this process may use, shared among those that may use the same.</summary>
    /// <returns>Null: libtorch's number stays, since <c>OMP_NUM_THREADS</c> sets it or no other process is here.</returns>
    public static int? Share(IProcessGroup group)
    {
        // Launchers bind each process to processors of its own, or none.
        var processors = group.GatherTexts($"{Environment.MachineName} {AllowedProcessors()}");
        if (group.LocalSize == 1 || Environment.GetEnvironmentVariable("OMP_NUM_THREADS") is not null)
            return null;
        return Math.Max(1, Environment.ProcessorCount / processors.Count(text => text == processors[group.Rank]));
    }

    private static string AllowedProcessors()
    {
        const string Status = "/proc/self/status";
        const string Key = "Cpus_allowed_list:";
        return File.Exists(Status)
            ? File.ReadLines(Status).FirstOrDefault(line => line.StartsWith(Key, StringComparison.Ordinal)) ?? ""
            : "";
    }
}
