using System.Runtime.InteropServices;

namespace ClassroomKD.Imaging;

/// <summary>Tensors that the host fills with numbers.</summary>
public static class HostTensor
{
    /// <summary>The elements of a contiguous tensor on the CPU, to be read or written while the tensor lives.</summary>
    /// <typeparam name="T">The .NET type of the tensor's elements.</typeparam>
    /// <param name="tensor">The tensor.</param>
    public static Span<T> Values<T>(Tensor tensor)
        where T : unmanaged
    {
        ArgumentNullException.ThrowIfNull(tensor);
        return MemoryMarshal.Cast<byte, T>(tensor.bytes);
    }

    /// <summary>Copies numbers to a device.</summary>
    /// <param name="values">The numbers.</param>
    /// <param name="shape">The shape of the tensor, for as many elements as there are numbers.</param>
    /// <param name="device">The device; to a GPU the copy goes through pinned memory and is not waited for.</param>
    /// <returns>A float32 tensor in the caller's dispose scope.</returns>
    public static Tensor Of(ReadOnlySpan<float> values, long[] shape, Device device) => Of(values, ScalarType.Float32, shape, device);

    /// <inheritdoc cref="Of(ReadOnlySpan{float}, long[], Device)" path="/*[not(self::returns)]"/>
    /// <returns>An int64 tensor in the caller's dispose scope.</returns>
    public static Tensor Of(ReadOnlySpan<long> values, long[] shape, Device device) => Of(values, ScalarType.Int64, shape, device);

    private static Tensor Of<T>(ReadOnlySpan<T> values, ScalarType type, long[] shape, Device device)
        where T : unmanaged
    {
        var tensor = empty(shape, type, CPU);
        values.CopyTo(Values<T>(tensor));
        return DeviceTransfer.Send(tensor, device);
    }
}
