using System.Runtime.InteropServices;

namespace ClassroomKD.Benchmarks;

/// <summary>
/// A point in the work of the current GPU's default stream, which is libtorch's: an event of CUDA's driver.
/// </summary>
internal sealed partial class GpuEvent : IDisposable
{
    private readonly nint handle;

    static GpuEvent() => NativeLibrary.SetDllImportResolver(typeof(GpuEvent).Assembly, (name, _, _) =>
        name == "cuda" ? NativeLibrary.Load(OperatingSystem.IsWindows() ? "nvcuda.dll" : "libcuda.so.1") : 0);

    public GpuEvent() => Check(cuEventCreate(out handle, 0));

    /// <summary>The event happens when all that was queued until now is done.</summary>
    public void Record() => Check(cuEventRecord(handle, 0));

    /// <summary>Waits for this event and gives the time between the other and it.</summary>
    public double SecondsSince(GpuEvent begin)
    {
        Check(cuEventSynchronize(handle));
        Check(cuEventElapsedTime(out var milliseconds, begin.handle, handle));
        return milliseconds / 1e3;
    }

    public void Dispose() => Check(cuEventDestroy_v2(handle));

    private static void Check(int result)
    {
        if (result != 0)
            throw new InvalidOperationException($"CUDA's driver refused an event: {result}.");
    }

    [LibraryImport("cuda")]
    private static partial int cuEventCreate(out nint handle, uint flags);

    [LibraryImport("cuda")]
    private static partial int cuEventRecord(nint handle, nint stream);

    [LibraryImport("cuda")]
    private static partial int cuEventSynchronize(nint handle);

    [LibraryImport("cuda")]
    private static partial int cuEventElapsedTime(out float milliseconds, nint begin, nint end);

    [LibraryImport("cuda")]
    private static partial int cuEventDestroy_v2(nint handle);
}
