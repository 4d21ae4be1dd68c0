using System.Runtime.InteropServices;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>
/// The few functions of the CUDA driver that launch a kernel. Each throws <see cref="CudaException"/> where the driver refuses.
/// </summary>
internal sealed unsafe class CudaDriver
{
    private const int CapabilityMajor = 75, CapabilityMinor = 76;

    private readonly delegate* unmanaged<int, byte**, int> errorString;
    private readonly delegate* unmanaged<int*, int, int, int> attribute;
    private readonly delegate* unmanaged<nint*, int, int> retainContext;
    private readonly delegate* unmanaged<nint*, int> currentContext;
    private readonly delegate* unmanaged<nint, int> pushContext;
    private readonly delegate* unmanaged<nint*, int> popContext;
    private readonly delegate* unmanaged<nint*, byte*, int> loadModule;
    private readonly delegate* unmanaged<nint*, nint, byte*, int> getFunction;
    private readonly delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int> launch;

    public CudaDriver(IEnumerable<string> names)
    {
        var library = NativeFunctions.Load("The CUDA driver", names, "It comes with the driver of an NVIDIA GPU.");
        errorString = (delegate* unmanaged<int, byte**, int>)library.Get("cuGetErrorString");
        attribute = (delegate* unmanaged<int*, int, int, int>)library.Get("cuDeviceGetAttribute");
        retainContext = (delegate* unmanaged<nint*, int, int>)library.Get("cuDevicePrimaryCtxRetain");
        currentContext = (delegate* unmanaged<nint*, int>)library.Get("cuCtxGetCurrent");
        pushContext = (delegate* unmanaged<nint, int>)library.Get("cuCtxPushCurrent_v2");
        popContext = (delegate* unmanaged<nint*, int>)library.Get("cuCtxPopCurrent_v2");
        loadModule = (delegate* unmanaged<nint*, byte*, int>)library.Get("cuModuleLoadData");
        getFunction = (delegate* unmanaged<nint*, nint, byte*, int>)library.Get("cuModuleGetFunction");
        launch = (delegate* unmanaged<nint, uint, uint, uint, uint, uint, uint, uint, nint, void**, void**, int>)
            library.Get("cuLaunchKernel");
        Check(((delegate* unmanaged<uint, int>)library.Get("cuInit"))(0), "cuInit");
    }

    /// <summary>Compute capability: 80 for 8.0.</summary>
    public int Capability(int device)
    {
        int major, minor;
        Check(attribute(&major, CapabilityMajor, device), "cuDeviceGetAttribute");
        Check(attribute(&minor, CapabilityMinor, device), "cuDeviceGetAttribute");
        return (10 * major) + minor;
    }

    /// <summary>The context that libtorch uses too: one per device and process. Kept for the life of the process.</summary>
    public nint PrimaryContext(int device)
    {
        nint context;
        Check(retainContext(&context, device), "cuDevicePrimaryCtxRetain");
        return context;
    }

    /// <summary>Loads machine code or PTX in a context and finds its kernel.</summary>
    public nint LoadKernel(nint context, byte[] image, string name)
    {
        Enter(context, out var entered);
        try
        {
            nint module, function;
            fixed (byte* start = image)
                Check(loadModule(&module, start), "cuModuleLoadData");
            var utf8 = Marshal.StringToCoTaskMemUTF8(name);
            try
            {
                Check(getFunction(&function, module, (byte*)utf8), "cuModuleGetFunction");
            }
            finally
            {
                Marshal.FreeCoTaskMem(utf8);
            }

            return function;
        }
        finally
        {
            Leave(entered);
        }
    }

    /// <summary>Queues a kernel whose only parameter is the struct at <paramref name="call"/>; it is copied before this returns.</summary>
    public void Launch(nint context, nint function, CudaGrid grid, nint stream, void* call)
    {
        Enter(context, out var entered);
        var result = launch(function, (uint)grid.Blocks, (uint)grid.Answers, 1, (uint)grid.Threads, 1, 1, 0, stream, &call, null);
        Leave(entered);
        Check(result, "cuLaunchKernel");
    }

    // A thread that libtorch has not yet used on this device has no context.
    private void Enter(nint context, out bool entered)
    {
        nint current;
        Check(currentContext(&current), "cuCtxGetCurrent");
        entered = current != context;
        if (entered)
            Check(pushContext(context), "cuCtxPushCurrent");
    }

    private void Leave(bool entered)
    {
        nint context;
        if (entered)
            popContext(&context);
    }

    private void Check(int result, string function)
    {
        if (result == 0)
            return;
        byte* text = null;
        _ = errorString(result, &text);
        throw new CudaException(
            $"The CUDA driver refused: {function} returned {result} ({Marshal.PtrToStringUTF8((nint)text) ?? "unknown"}).");
    }
}
