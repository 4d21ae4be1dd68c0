using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>The memory of tensors that a loader fills before they go to the device.</summary>
internal static class HostTensor
{
    /// <summary>The bytes of a contiguous tensor on the CPU; valid while it lives.</summary>
    public static Span<byte> Bytes(Tensor tensor) => tensor.bytes;

    /// <summary>The numbers of a contiguous float32 tensor on the CPU; valid while it lives.</summary>
    public static Span<float> Floats(Tensor tensor) => MemoryMarshal.Cast<byte, float>(Bytes(tensor));
}
