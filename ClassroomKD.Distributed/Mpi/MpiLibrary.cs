using System.Runtime.InteropServices;

namespace ClassroomKD.Distributed;

/// <summary>The functions of an installed MPI, by its C interface.</summary>
internal sealed unsafe class MpiLibrary
{
    public const string Variable = "CLASSROOMKD_MPI";

    private const string Remedy =
        "Install the MPI that launches the job: on Debian and Ubuntu 'apt-get install openmpi-bin' or 'apt-get install mpich', on Fedora " +
        "and RHEL 'dnf install openmpi' or 'dnf install mpich'; on a cluster load its module. " + Variable + " names a library elsewhere.";

    private const int MostText = 8192;

    private static readonly string[] OpenMpiNames = ["libmpi.so.40", "libmpi.so.80", "libmpi.so"];
    private static readonly string[] MpichNames = ["libmpich.so.12", "libmpi.so.12", "libmpi.so"];

    private readonly nint library;
    private readonly delegate* unmanaged<byte*, int*, int> libraryVersion;
    private readonly delegate* unmanaged<int, byte*, int*, int> errorString;
    private readonly delegate* unmanaged<nint, int, int> abort;
    private readonly string name;

    /// <summary>Loads an MPI.</summary>
    /// <param name="wanted">Its name or path; null: as the launch says.</param>
    /// <param name="openMpi">Whether the launcher is Open MPI's; null: unknown.</param>
    /// <exception cref="DistributedException">There is none, or one whose handles are not known.</exception>
    public MpiLibrary(string? wanted, bool? openMpi)
    {
        wanted ??= Environment.GetEnvironmentVariable(Variable);
        string[] candidates = !string.IsNullOrWhiteSpace(wanted) ? [wanted]
            : openMpi == false ? [.. MpichNames, .. OpenMpiNames] : [.. OpenMpiNames, .. MpichNames];
        (name, library) = Load(candidates);
        libraryVersion = (delegate* unmanaged<byte*, int*, int>)Get("MPI_Get_library_version");
        errorString = (delegate* unmanaged<int, byte*, int*, int>)Get("MPI_Error_string");
        Version = Text(libraryVersion);
        Handles = MpiHandles.Of(Version, library) ?? throw new DistributedException(
            $"{name} is an MPI whose binary interface is not known: '{Version}'. Open MPI, or MPICH and what is compatible with it, was " +
            $"expected. {Remedy}");

        InitThread = (delegate* unmanaged<int*, byte***, int, int*, int>)Get("MPI_Init_thread");
        Initialized = (delegate* unmanaged<int*, int>)Get("MPI_Initialized");
        Finalize = (delegate* unmanaged<int>)Get("MPI_Finalize");
        abort = (delegate* unmanaged<nint, int, int>)Get("MPI_Abort");
        Rank = (delegate* unmanaged<nint, int*, int>)Get("MPI_Comm_rank");
        Size = (delegate* unmanaged<nint, int*, int>)Get("MPI_Comm_size");
        Duplicate = (delegate* unmanaged<nint, nint*, int>)Get("MPI_Comm_dup");
        SplitType = (delegate* unmanaged<nint, int, int, nint, nint*, int>)Get("MPI_Comm_split_type");
        SetErrorHandler = (delegate* unmanaged<nint, nint, int>)Get("MPI_Comm_set_errhandler");
        AllReduce = (delegate* unmanaged<nint, void*, int, nint, nint, nint, nint*, int>)Get("MPI_Iallreduce");
        Broadcast = (delegate* unmanaged<void*, int, nint, int, nint, nint*, int>)Get("MPI_Ibcast");
        Gather = (delegate* unmanaged<void*, int, nint, void*, int, nint, int, nint, nint*, int>)Get("MPI_Igather");
        Barrier = (delegate* unmanaged<nint, nint*, int>)Get("MPI_Ibarrier");
        Send = (delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int>)Get("MPI_Isend");
        Probe = (delegate* unmanaged<int, int, nint, int*, nint, int>)Get("MPI_Iprobe");
        Test = (delegate* unmanaged<nint*, int*, nint, int>)Get("MPI_Test");
    }

    /// <summary>What the library calls itself, such as "Open MPI v4.1.4, ...".</summary>
    public string Version { get; }

    public MpiHandles Handles { get; }

    public delegate* unmanaged<int*, byte***, int, int*, int> InitThread { get; }

    public delegate* unmanaged<int*, int> Initialized { get; }

    public delegate* unmanaged<int> Finalize { get; }

    public delegate* unmanaged<nint, int*, int> Rank { get; }

    public delegate* unmanaged<nint, int*, int> Size { get; }

    public delegate* unmanaged<nint, nint*, int> Duplicate { get; }

    public delegate* unmanaged<nint, int, int, nint, nint*, int> SplitType { get; }

    public delegate* unmanaged<nint, nint, int> SetErrorHandler { get; }

    public delegate* unmanaged<nint, void*, int, nint, nint, nint, nint*, int> AllReduce { get; }

    public delegate* unmanaged<void*, int, nint, int, nint, nint*, int> Broadcast { get; }

    public delegate* unmanaged<void*, int, nint, void*, int, nint, int, nint, nint*, int> Gather { get; }

    public delegate* unmanaged<nint, nint*, int> Barrier { get; }

    public delegate* unmanaged<void*, int, nint, int, int, nint, nint*, int> Send { get; }

    public delegate* unmanaged<int, int, nint, int*, nint, int> Probe { get; }

    public delegate* unmanaged<nint*, int*, nint, int> Test { get; }

    /// <summary>Ends all processes of the job.</summary>
    public void Abort() => abort(Handles.World, 1);

    /// <exception cref="DistributedException">The code is an error.</exception>
    public void Check(int code, string function)
    {
        if (code == 0)
            return;
        var text = stackalloc byte[MostText];
        int length;
        var described = errorString(code, text, &length) == 0 ? Marshal.PtrToStringUTF8((nint)text, length) : "unknown";
        throw new DistributedException($"{function} failed with code {code}: {described}");
    }

    private static (string Name, nint Library) Load(string[] candidates)
    {
        foreach (var candidate in candidates)
            if (GlobalLoader.TryLoad(candidate, out var library))
                return (candidate, library);
        throw new DistributedException($"No MPI library was found (looked for {string.Join(", ", candidates.Distinct())}). {Remedy}");
    }

    private static string Text(delegate* unmanaged<byte*, int*, int> function)
    {
        var text = stackalloc byte[MostText];
        int length;
        function(text, &length);
        return Marshal.PtrToStringUTF8((nint)text, length).TrimEnd('\0', '\n');
    }

    private nint Get(string function) =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? address
            : throw new DistributedException($"{name} has no function {function}; an MPI of version 3 or later was expected. {Remedy}");
}
