using System.Runtime.InteropServices;

namespace ClassroomKD.Distributed;

/// <summary>What an implementation of MPI calls its own communicators, types, operations and constants.</summary>
/// <remarks>
/// MPI fixes the functions but not these: in Open MPI they are addresses of exported symbols, in MPICH and all that share its binary
/// interface (Intel MPI, Cray MPICH, MVAPICH) numbers of 32 bits.
/// </remarks>
internal sealed record MpiHandles
{
    public required nint World { get; init; }

    public required nint Float32 { get; init; }

    public required nint Float64 { get; init; }

    public required nint Int64 { get; init; }

    public required nint Byte { get; init; }

    public required nint Sum { get; init; }

    public required nint Max { get; init; }

    public required nint ErrorsReturn { get; init; }

    public required nint NoInfo { get; init; }

    public required nint InPlace { get; init; }

    public required nint IgnoreStatus { get; init; }

    /// <summary>The kind of split whose parts share memory: the processes of a machine.</summary>
    public required int SharedMemory { get; init; }

    /// <summary>The handles of the library that calls itself by this version.</summary>
    /// <returns>Null: its handles are not known.</returns>
    public static MpiHandles? Of(string version, nint library)
    {
        if (version.Contains("Open MPI", StringComparison.Ordinal))
            return OfOpenMpi(name => NativeLibrary.GetExport(library, name));
        string[] likeMpich = ["MPICH", "Intel(R) MPI", "MVAPICH"];
        return likeMpich.Any(name => version.Contains(name, StringComparison.Ordinal)) ? OfMpich() : null;
    }

    private static MpiHandles OfOpenMpi(Func<string, nint> symbol) => new()
    {
        World = symbol("ompi_mpi_comm_world"),
        Float32 = symbol("ompi_mpi_float"),
        Float64 = symbol("ompi_mpi_double"),
        Int64 = symbol("ompi_mpi_long_long_int"),
        Byte = symbol("ompi_mpi_byte"),
        Sum = symbol("ompi_mpi_op_sum"),
        Max = symbol("ompi_mpi_op_max"),
        ErrorsReturn = symbol("ompi_mpi_errors_return"),
        NoInfo = symbol("ompi_mpi_info_null"),
        InPlace = 1,
        IgnoreStatus = 0,
        SharedMemory = 0,
    };

    private static MpiHandles OfMpich() => new()
    {
        World = 0x44000000,
        Float32 = 0x4c00040a,
        Float64 = 0x4c00080b,
        Int64 = 0x4c000809,
        Byte = 0x4c00010d,
        Sum = 0x58000003,
        Max = 0x58000001,
        ErrorsReturn = 0x54000001,
        NoInfo = 0x1c000000,
        InPlace = -1,
        IgnoreStatus = 1,
        SharedMemory = 1,
    };
}
