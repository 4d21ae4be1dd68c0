namespace ClassroomKD.Imaging;

/// <summary>Sends tensors from the host to a device.</summary>
public static class DeviceTransfer
{
    /// <summary>Sends a tensor to a device; to a GPU through pinned memory, without waiting for the copy.</summary>
    /// <param name="tensor">A tensor on the CPU, disposed if another takes its place.</param>
    /// <param name="device">The device; null leaves the tensor on the CPU.</param>
    /// <returns>The tensor on that device, in the caller's dispose scope.</returns>
    public static Tensor Send(Tensor tensor, Device? device)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (device is null || device.type == tensor.device_type && device.type == DeviceType.CPU)
            return tensor;
        if (device.type != DeviceType.CUDA)
            return tensor.to(device, disposeAfter: true);
        // libtorch keeps pinned memory until the copy that reads it has ended.
        using var pinned = tensor.pin_memory();
        tensor.Dispose();
        return pinned.to(device, non_blocking: true);
    }
}
