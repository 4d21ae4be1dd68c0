using System.Runtime.InteropServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>The stream that libtorch queues this thread's work on.</summary>
/// <remarks>
/// TorchSharp has no streams and leaves libtorch on the device's default one, which CUDA's driver knows as 0. Native code of the
/// application may have changed it, so libtorch is asked where it can be: two functions of libc10_cuda by their names on Linux. Elsewhere,
/// and where the answer is not what it should look like, the default stream it is.
/// </remarks>
internal static unsafe class CudaStream
{
    private const byte CudaDevice = 1;

    private static readonly delegate* unmanaged<sbyte, Stream> OfDevice;
    private static readonly delegate* unmanaged<Stream*, nint> Handle;

    static CudaStream()
    {
        if (!OperatingSystem.IsLinux() || !NativeLibrary.TryLoad("libc10_cuda.so", out var library)
            || !NativeLibrary.TryGetExport(library, "_ZN3c104cuda20getCurrentCUDAStreamEa", out var ofDevice)
            || !NativeLibrary.TryGetExport(library, "_ZNK3c104cuda10CUDAStream6streamEv", out var handle))
            return;
        OfDevice = (delegate* unmanaged<sbyte, Stream>)ofDevice;
        Handle = (delegate* unmanaged<Stream*, nint>)handle;
    }

    public static nint Current(int device)
    {
        if (OfDevice == null)
            return 0;
        var stream = OfDevice((sbyte)device);
        return (stream.Device & 0xff) == CudaDevice && ((stream.Device >> 8) & 0xff) == device ? Handle(&stream) : 0;
    }

    /// <summary>c10::Stream: a device, of which the first byte is the type and the second the index, and a number.</summary>
    private struct Stream
    {
        public long Device;
        public long Id;
    }
}
