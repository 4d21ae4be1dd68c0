using System.Runtime.InteropServices;

namespace ClassroomKD;

public static partial class LibTorch
{
    // Names and numbers of glibc's malloc.h.
    private const int TrimThreshold = -1;
    private const int TopPadding = -2;
    private const int MapThreshold = -3;

    /// <summary>Whether <see cref="KeepFreedMemory"/> is in effect.</summary>
    internal static bool FreedMemoryIsKept { get; private set; }

    /// <summary>
    /// Lets the C library keep the memory that tensors on the CPU release, for the tensors of the next step. By default it returns large
    /// blocks to the system, which must clear each page again; for a small network on the CPU that is a good part of a step.
    /// </summary>
    /// <returns>True on Linux with glibc; otherwise false, and nothing has changed.</returns>
    /// <remarks>
    /// Call it first in <c>Main</c>; it affects the whole process. The process keeps what its largest step needed until it ends. The thread
    /// that runs <c>Main</c> keeps blocks of any size, every other thread blocks of less than 64 MiB, unless the process was started with
    /// <c>MALLOC_ARENA_MAX=1</c>. Not needed with an allocator that keeps memory itself (jemalloc, tcmalloc, mimalloc).
    /// </remarks>
    public static bool KeepFreedMemory()
    {
        if (!OperatingSystem.IsLinux())
            return false;
        try
        {
            FreedMemoryIsKept = SetAllocator(MapThreshold, 1 << 30) != 0 & SetAllocator(TrimThreshold, int.MaxValue) != 0
                & SetAllocator(TopPadding, 64 << 20) != 0;
            return FreedMemoryIsKept;
        }
        catch (EntryPointNotFoundException)
        {
            return false; // musl has one allocator without settings
        }
    }

    [LibraryImport("libc", EntryPoint = "mallopt")]
    private static partial int SetAllocator(int parameter, int value);
}
