using System.Runtime.InteropServices;
using ClassroomKD.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Small arrays that the host has drawn, on their way to the device.</summary>
internal static class HostTensor
{
    public static Tensor Of(ReadOnlySpan<float> values, long[] shape, Device device) => Of(values, ScalarType.Float32, shape, device);

    public static Tensor Of(ReadOnlySpan<long> values, long[] shape, Device device) => Of(values, ScalarType.Int64, shape, device);

    private static Tensor Of<T>(ReadOnlySpan<T> values, ScalarType type, long[] shape, Device device)
        where T : unmanaged
    {
        var tensor = empty(shape, type, CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, T>(tensor.bytes));
        return DeviceTransfer.Send(tensor, device);
    }
}
