namespace ClassroomKD.Distributed;

/// <summary>Finds the processes that this one was launched with.</summary>
public static class ProcessGroup
{
    /// <summary>The group of the processes that <c>mpirun</c> or <c>srun</c> launched, or of this process alone.</summary>
    /// <param name="options">Default: what the launcher and the machine say.</param>
    /// <returns>The group, which the caller disposes at its end: it waits for the others there. A process makes one in its life.</returns>
    /// <remarks>
    /// A rank's GPU is that of its <see cref="IProcessGroup.LocalRank"/>: <c>torch.device("cuda", group.LocalRank)</c>.
    /// <para>
    /// From here on an exception that nobody catches, or an end without disposal, ends all processes of the job, and the rank and cause
    /// are written to the standard error stream.
    /// </para>
    /// </remarks>
    /// <exception cref="Microsoft.Extensions.Options.OptionsValidationException">A setting is out of range.</exception>
    /// <exception cref="DistributedException">The processes were launched by an MPI that is not found or not the launcher's, or the NCCL
    /// that was asked for does not work; the message says what to install.</exception>
    public static IProcessGroup Create(ProcessGroupOptions? options = null)
    {
        options = new ProcessGroupOptionsValidator().ThrowIfInvalid(options ?? new());
        if (MpiLaunch.Current is not { } launch)
        {
            LocalThreads.Use(options.Threads);
            return new SingleProcessGroup();
        }

        var session = new MpiSession(
            new MpiLibrary(options.MpiLibrary, launch.OpenMpi), launch.Size, TimeSpan.FromSeconds(options.TimeoutSeconds));
        var group = new MpiProcessGroup(session);
        LocalThreads.Use(options.Threads ?? LocalThreads.Share(group));
        return options.UseNccl == false ? group : WithNccl(group, options);
    }

    // All ranks use NCCL, or none: one that cannot would leave the others waiting.
    private static IProcessGroup WithNccl(MpiProcessGroup group, ProcessGroupOptions options)
    {
        NcclLibrary? nccl = null;
        var obstacle = "";
        try
        {
            var gpus = cuda.is_available() ? cuda.device_count() : 0;
            if (gpus < group.LocalSize)
                obstacle = $"{Environment.MachineName} has {gpus} GPUs that libtorch can use, for {group.LocalSize} processes";
            else
                nccl = new NcclLibrary(NcclFiles.Candidates(options.NcclLibrary), "libcuda.so.1", group.LocalRank);
        }
        catch (DistributedException exception)
        {
            obstacle = exception.Message;
        }

        var obstacles = group.GatherTexts(obstacle);
        if (obstacles.All(text => text.Length == 0))
            return new NcclProcessGroup(group, nccl!, group.LocalRank);
        var rank = Enumerable.Range(0, group.Size).First(rank => obstacles[rank].Length > 0);
        return options.UseNccl == true
            ? throw new DistributedException($"NCCL cannot be used: rank {rank}: {obstacles[rank]}.")
            : group;
    }
}
