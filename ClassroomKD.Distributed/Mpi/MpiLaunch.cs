using System.Globalization;

namespace ClassroomKD.Distributed;

/// <summary>What the environment says about who launched this process.</summary>
/// <param name="Size">How many processes were launched; null: it does not say.</param>
/// <param name="OpenMpi">Whether the launcher's MPI is Open MPI; null: it does not say.</param>
internal readonly record struct MpiLaunch(int? Size, bool? OpenMpi)
{
    /// <summary>The launch of this process.</summary>
    /// <returns>Null: it was started alone.</returns>
    /// <exception cref="DistributedException">Slurm started several without MPI.</exception>
    public static MpiLaunch? Current => Of(Environment.GetEnvironmentVariable);

    /// <summary>The same of other variables.</summary>
    internal static MpiLaunch? Of(Func<string, string?> variable)
    {
        int? Number(string name) =>
            int.TryParse(variable(name), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

        // A batch script of Slurm has the variables of its job, but is no step that srun started.
        var tasks = variable("SLURM_STEP_ID") is null ? null : Number("SLURM_STEP_NUM_TASKS");
        if (Number("OMPI_COMM_WORLD_SIZE") is { } size)
            return new(size, true);
        if (Number("PMI_RANK") is not null)
            return new(Number("PMI_SIZE") ?? tasks, variable("PMIX_RANK") is null ? false : null);
        if (variable("PMIX_RANK") is not null)
            return new(tasks, variable("PRTE_LAUNCHED") is null ? null : true);
        if (tasks is > 1)
            throw new DistributedException(
                $"srun started {tasks} processes that do not know each other; start them by srun --mpi=pmix (Open MPI) or " +
                "srun --mpi=pmi2 (MPICH). 'srun --mpi=list' says what this cluster has.");
        return null;
    }
}
