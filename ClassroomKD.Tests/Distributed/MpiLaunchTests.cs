using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

public sealed class MpiLaunchTests
{
    private static IEnumerable<TestCaseData> Environments =>
    [
        new("", null) { TestName = "alone" },
        new("SLURM_JOB_ID=7 SLURM_NTASKS=4 SLURM_PROCID=0", null) { TestName = "batch script of Slurm" },
        new("OMPI_COMM_WORLD_SIZE=4 PMIX_RANK=1", new MpiLaunch(4, true)) { TestName = "mpirun of Open MPI" },
        new("PMI_RANK=0 PMI_SIZE=8", new MpiLaunch(8, false)) { TestName = "mpirun of MPICH" },
        new("PMIX_RANK=0 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=16", new MpiLaunch(16, null)) { TestName = "srun --mpi=pmix" },
        new("PMI_RANK=3 SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=16", new MpiLaunch(16, false)) { TestName = "srun --mpi=pmi2" },
        new("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=1", null) { TestName = "srun of one task" },
    ];

    [TestCaseSource(nameof(Environments))]
    public void The_environment_says_who_launched_the_process(string variables, object? expected) =>
        Of(variables).Should().Be((MpiLaunch?)expected);

    [Test]
    public void Srun_without_MPI_is_explained() =>
        FluentActions.Invoking(() => Of("SLURM_STEP_ID=0 SLURM_STEP_NUM_TASKS=4")).Should().Throw<DistributedException>()
            .WithMessage("srun started 4 processes*srun --mpi=pmix*");

    [Test]
    public void A_missing_MPI_names_the_package_to_install() =>
        FluentActions.Invoking(() => new MpiLibrary("libno-such-mpi.so", null)).Should().Throw<DistributedException>()
            .WithMessage("*libno-such-mpi.so*apt-get install openmpi-bin*CLASSROOMKD_MPI*");

    [Test]
    public void A_library_that_is_no_MPI_is_refused() =>
        FluentActions.Invoking(() => new MpiLibrary("libc.so.6", null)).Should().Throw<DistributedException>()
            .WithMessage("libc.so.6 has no function MPI_Get_library_version*");

    [Test]
    public void Options_are_checked() =>
        FluentActions.Invoking(() => ProcessGroup.Create(new() { Threads = 0 }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();

    private static MpiLaunch? Of(string variables)
    {
        var known = variables.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(each => each.Split('='))
            .ToDictionary(pair => pair[0], pair => pair[1]);
        return MpiLaunch.Of(known.GetValueOrDefault);
    }
}
