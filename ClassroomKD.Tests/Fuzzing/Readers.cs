using ClassroomKD.Distributed;
using ClassroomKD.Kernels.Cuda;
using ClassroomKD.Reports;

namespace ClassroomKD.Tests.Fuzzing;

/// <summary>All readers of files that may come from anywhere.</summary>
internal static partial class Readers
{
    public static IEnumerable<Reader> All => [.. Weights, .. Trainings, .. Recordings, .. Models, .. Images, .. DataSets, .. Poses];

    /// <summary>What opens or parses files and is in no row, and why.</summary>
    public static readonly Dictionary<Type, string> Excepted = new()
    {
        [typeof(InputFile)] = "opens files for those who read them",
        [typeof(WholeFile)] = "writes",
        [typeof(CheckpointFolder)] = "claims the folder by an empty file; CheckpointFile reads",
        [typeof(Trainer<,>)] = "reads what other processes of the same training sent",
        [typeof(MentorExchange)] = "reads what other processes of the same training sent",
        [typeof(ProcessGroupExtensions)] = "reads what other processes of the same training sent",
        [typeof(TorchScript)] = "libtorch's own reader of programs, for files that are trusted",
        [typeof(InstalledLibTorch)] = "reads the version of a library whose code runs next",
        [typeof(ElfSymbols)] = "reads a library whose code runs next",
        [typeof(LibTorch)] = "reads what the system says of this process",
        [typeof(LocalThreads)] = "reads what the system says of this process",
        [typeof(CudaSource)] = "reads a resource of its own assembly",
        [typeof(Resource)] = "reads a resource of its own assembly",
        [typeof(ModelSourceContext)] = "sees whether a file can be opened, and closes it",
    };
}
