using System.Collections.Concurrent;

namespace ClassroomKD.Kernels.Cuda;

/// <summary>Compiles kernels at first need, keeps them per device, and queues them on libtorch's stream.</summary>
/// <remarks>Any thread may use it. Driver and compiler are looked for when a kernel is first wanted.</remarks>
internal sealed unsafe class CudaRuntime
{
    /// <summary>__grid_constant__ and much else begins with Volta.</summary>
    private const int LeastCapability = 70;

    private readonly ConcurrentDictionary<(int Device, CudaVariant Variant), nint> kernels = new();
    private readonly ConcurrentDictionary<int, (nint Context, int Capability)> devices = new();
    private readonly Lock building = new();
    private readonly Lazy<CudaDriver> driver;
    private readonly Lazy<Nvrtc> compiler;
    private volatile string? refusal;

    /// <param name="driver">Names of the driver's library.</param>
    /// <param name="compiler">Names of NVRTC's.</param>
    /// <param name="serves">Whose tensors it takes.</param>
    public CudaRuntime(IEnumerable<string> driver, IEnumerable<string> compiler, DeviceType serves)
    {
        this.driver = new(() => new CudaDriver(driver));
        this.compiler = new(() => new Nvrtc(compiler));
        Serves = serves;
    }

    /// <summary>This machine's.</summary>
    public static CudaRuntime Installed { get; } = new(CudaLibraries.Driver, CudaLibraries.Nvrtc, DeviceType.CUDA);

    public DeviceType Serves { get; }

    /// <summary>Why kernels do not run here; null as long as none was refused.</summary>
    public string? Refusal => refusal;

    /// <summary>From now on nobody tries unasked; who asked for this implementation gets the reason as an exception.</summary>
    public void Refuse(CudaException reason, KernelImplementation wanted)
    {
        refusal ??= reason.Message;
        if (wanted == KernelImplementation.Cuda)
            throw new NotSupportedException($"{wanted}: {reason.Message}", reason);
    }

    /// <summary>Queues a kernel on the current stream of a device.</summary>
    /// <param name="device">Index of the device that holds the tensors.</param>
    /// <param name="variant">Which kernel.</param>
    /// <param name="grid">How many threads.</param>
    /// <param name="call">Its parameter, copied before this returns.</param>
    /// <exception cref="CudaException">Driver or compiler is missing or refuses.</exception>
    public void Launch(int device, in CudaVariant variant, CudaGrid grid, void* call)
    {
        device = Math.Max(0, device);
        if (!kernels.TryGetValue((device, variant), out var kernel))
            kernel = Build(device, variant);
        var stream = Serves == DeviceType.CUDA ? CudaStream.Current(device) : 0;
        driver.Value.Launch(devices[device].Context, kernel, grid, stream, call);
    }

    private nint Build(int device, CudaVariant variant)
    {
        lock (building)
        {
            if (kernels.TryGetValue((device, variant), out var kernel))
                return kernel;
            if (!devices.TryGetValue(device, out var place))
            {
                place.Capability = driver.Value.Capability(device);
                if (place.Capability < LeastCapability)
                    throw new CudaException(
                        $"Compute capability {LeastCapability / 10.0:F1} or above was expected, " +
                        $"device {device} has {place.Capability / 10.0:F1}.");
                place.Context = driver.Value.PrimaryContext(device);
                devices[device] = place;
            }

            var image = compiler.Value.Compile(CudaSource.Of(variant.Kernel), place.Capability, variant.Definitions);
            return kernels[(device, variant)] = driver.Value.LoadKernel(place.Context, image, variant.Kernel);
        }
    }
}
