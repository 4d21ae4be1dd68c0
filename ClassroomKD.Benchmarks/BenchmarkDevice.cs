using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary>The device that benchmarks run on: the CPU, unless the command line says <c>--device cuda</c>.</summary>
internal static class BenchmarkDevice
{
    public const string Option = "--device";

    public static Device Current { get; private set; } = CPU;

    /// <summary>Takes the option out of the command line; false where the device it names is unknown or cannot be used.</summary>
    public static bool TryTake(ref string[] arguments)
    {
        var at = Array.IndexOf(arguments, Option);
        if (at < 0)
            return true;
        if (at + 1 == arguments.Length || !TryParse(arguments[at + 1], out var device))
            return false;
        Current = device;
        arguments = [.. arguments[..at], .. arguments[(at + 2)..]];
        return true;
    }

    /// <summary>False where the name is not cpu, cuda or cuda:N, or where libtorch sees no GPU.</summary>
    public static bool TryParse(string name, out Device device)
    {
        device = CPU;
        if (name == "cpu")
            return true;
        if (name != "cuda" && !(name.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(name["cuda:".Length..], out _)))
            return false;
        if (!cuda.is_available())
            return false;
        device = torch.device(name);
        return true;
    }

    /// <summary>Waits until a device has done all that it was given, so that a benchmark's time is its own. Nothing on the CPU.</summary>
    public static void Finish(Device device)
    {
        if (device.type == DeviceType.CUDA)
            cuda.synchronize(device);
    }

    /// <inheritdoc cref="Finish(Device)"/>
    public static void Finish() => Finish(Current);
}
