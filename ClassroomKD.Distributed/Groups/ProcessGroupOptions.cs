using Microsoft.Extensions.Options;

namespace ClassroomKD.Distributed;

/// <summary>The settings of <see cref="ProcessGroup.Create"/>.</summary>
public sealed class ProcessGroupOptions
{
    /// <summary>The MPI library, by path or name.</summary>
    /// <value>Default null: what the environment variable <c>CLASSROOMKD_MPI</c> names, else the library of the MPI that launched this
    /// process.</value>
    public string? MpiLibrary { get; set; }

    /// <summary>Whether NCCL exchanges the tensors of GPUs; without it they are copied through the memory of the CPU.</summary>
    /// <value>Default null: if libtorch has a GPU and NCCL is found.</value>
    public bool? UseNccl { get; set; }

    /// <summary>The NCCL library, by path or name.</summary>
    /// <value>Default null: that beside libtorch, in the neighboring package of a PyTorch wheel, or the system's.</value>
    public string? NcclLibrary { get; set; }

    /// <summary>The number of threads that libtorch uses in this process.</summary>
    /// <value>
    /// Default null: the processors that this process may use, divided by the number of processes on this machine that may use the same;
    /// left as it is where <c>OMP_NUM_THREADS</c> is set or there is one process.
    /// </value>
    [InRange(1, int.MaxValue)]
    public int? Threads { get; set; }

    /// <summary>How many seconds a process waits for the others before it ends the job: longer than the longest that one rank works alone,
    /// such as to write a report.</summary>
    /// <value>Default 1800.</value>
    [InRange(1.0, 1e6)]
    public double TimeoutSeconds { get; set; } = 1800;
}

/// <summary>The rules of <see cref="ProcessGroupOptions"/>.</summary>
[OptionsValidator]
internal sealed partial class ProcessGroupOptionsValidator : IValidateOptions<ProcessGroupOptions>;
