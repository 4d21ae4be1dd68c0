using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Imaging;

/// <summary>Brings what a loader has made to the device that trains.</summary>
public static class DeviceTransfer
{
    /// <summary>Sends a tensor; to a GPU through pinned memory, without waiting until it is there.</summary>
    /// <param name="tensor">A tensor on the CPU; given away: disposed if another takes its place.</param>
    /// <param name="device">Where to; null leaves it where it is.</param>
    /// <returns>The tensor on that device, in the caller's dispose scope.</returns>
    public static Tensor Send(Tensor tensor, Device? device)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (device is null || device.type == tensor.device_type && device.type == DeviceType.CPU)
            return tensor;
        if (device.type != DeviceType.CUDA)
            return tensor.to(device, disposeAfter: true);
        // libtorch keeps pinned memory back until the copy that reads it has ended.
        using var pinned = tensor.pin_memory();
        tensor.Dispose();
        return pinned.to(device, non_blocking: true);
    }
}
