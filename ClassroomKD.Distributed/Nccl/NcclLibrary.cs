using System.Runtime.InteropServices;

namespace ClassroomKD.Distributed;

/// <summary>The functions of NCCL, and the two of the CUDA driver that say which GPU they work on.</summary>
internal sealed unsafe class NcclLibrary
{
    /// <summary>The first version with all that is used here: 2.14.</summary>
    private const int LeastVersion = 21400;

    private readonly nint library;
    private readonly string name;
    private readonly delegate* unmanaged<int, byte*> errorString;
    private readonly delegate* unmanaged<UniqueId*, int> getUniqueId;
    private readonly delegate* unmanaged<nint*, int, UniqueId, int, int> initialize;
    private readonly delegate* unmanaged<nint, int> destroy;
    private readonly delegate* unmanaged<nint, int> setContext;
    private readonly nint context;

    /// <summary>Loads NCCL and the CUDA driver.</summary>
    /// <param name="candidates">Names or paths of NCCL.</param>
    /// <param name="driver">The name of the driver's library.</param>
    /// <param name="device">The GPU of this process.</param>
    /// <exception cref="DistributedException">One is not found, or too old.</exception>
    public NcclLibrary(IReadOnlyList<string> candidates, string driver, int device)
    {
        (name, library) = Load(
            candidates, "NCCL",
            "It comes with PyTorch's CUDA wheels (package nvidia-nccl-cu12), in NVIDIA's containers, and as libnccl2 from NVIDIA.");
        errorString = (delegate* unmanaged<int, byte*>)Get("ncclGetErrorString");
        int version;
        Check(((delegate* unmanaged<int*, int>)Get("ncclGetVersion"))(&version), "ncclGetVersion");
        if (version < LeastVersion)
            throw new DistributedException($"{name} is NCCL {version}; {LeastVersion} (2.14) or later was expected.");
        Version = version;
        getUniqueId = (delegate* unmanaged<UniqueId*, int>)Get("ncclGetUniqueId");
        initialize = (delegate* unmanaged<nint*, int, UniqueId, int, int>)Get("ncclCommInitRank");
        destroy = (delegate* unmanaged<nint, int>)Get("ncclCommDestroy");
        AllReduce = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Get("ncclAllReduce");
        Broadcast = (delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int>)Get("ncclBroadcast");
        AllGather = (delegate* unmanaged<void*, void*, nuint, int, nint, nint, int>)Get("ncclAllGather");

        var (driverName, cuda) = Load([driver], "The CUDA driver", "It comes with the driver of an NVIDIA GPU.");
        nint Driver(string function) => NativeLibrary.TryGetExport(cuda, function, out var address)
            ? address
            : throw new DistributedException($"{driverName} has no function {function}.");
        setContext = (delegate* unmanaged<nint, int>)Driver("cuCtxSetCurrent");
        nint primary;
        if (((delegate* unmanaged<nint*, int, int>)Driver("cuDevicePrimaryCtxRetain"))(&primary, device) is var code and not 0)
            throw new DistributedException($"The CUDA driver does not open GPU {device}: cuDevicePrimaryCtxRetain returned {code}.");
        context = primary;
    }

    /// <summary>Such as 22703 for 2.27.3.</summary>
    public int Version { get; }

    public delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> AllReduce { get; }

    public delegate* unmanaged<void*, void*, nuint, int, int, nint, nint, int> Broadcast { get; }

    public delegate* unmanaged<void*, void*, nuint, int, nint, nint, int> AllGather { get; }

    /// <summary>Makes the name under which the ranks meet: 128 bytes.</summary>
    public byte[] NewId()
    {
        UniqueId id;
        Check(getUniqueId(&id), "ncclGetUniqueId");
        return new ReadOnlySpan<byte>(&id, sizeof(UniqueId)).ToArray();
    }

    /// <summary>Meets the other ranks.</summary>
    /// <returns>The communicator.</returns>
    public nint Initialize(ReadOnlySpan<byte> id, int rank, int size)
    {
        Enter();
        UniqueId unique;
        id.CopyTo(new Span<byte>(&unique, sizeof(UniqueId)));
        nint communicator;
        Check(initialize(&communicator, size, unique, rank), "ncclCommInitRank");
        return communicator;
    }

    /// <summary>Releases a communicator once its work is done.</summary>
    public void Destroy(nint communicator)
    {
        Enter();
        Check(destroy(communicator), "ncclCommDestroy");
    }

    /// <summary>Makes this process's GPU the current one of the calling thread, as NCCL expects.</summary>
    public void Enter()
    {
        if (setContext(context) is var code and not 0)
            throw new DistributedException($"The CUDA driver refused: cuCtxSetCurrent returned {code}.");
    }

    /// <exception cref="DistributedException">The code is an error.</exception>
    public void Check(int code, string function)
    {
        if (code != 0)
            throw new DistributedException(
                $"{function} failed with code {code}: {Marshal.PtrToStringUTF8((nint)errorString(code)) ?? "unknown"}. " +
                "With NCCL_DEBUG=INFO in the environment NCCL says more.");
    }

    private static (string, nint) Load(IReadOnlyList<string> candidates, string what, string remedy)
    {
        foreach (var candidate in candidates)
            if (NativeLibrary.TryLoad(candidate, out var library))
                return (candidate, library);
        throw new DistributedException($"{what} was not found (looked for {string.Join(", ", candidates)}). {remedy}");
    }

    private nint Get(string function) =>
        NativeLibrary.TryGetExport(library, function, out var address)
            ? address
            : throw new DistributedException($"{name} has no function {function}; NCCL 2.14 or later was expected.");

    /// <summary>NCCL takes it by value.</summary>
    private struct UniqueId
    {
#pragma warning disable CS0649 // NCCL writes it.
        public fixed byte Bytes[128];
#pragma warning restore CS0649
    }
}
