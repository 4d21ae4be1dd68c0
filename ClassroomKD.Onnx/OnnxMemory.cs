using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;

namespace ClassroomKD.Onnx;

/// <summary>The memory of tensors for onnxruntime.</summary>
internal static partial class OnnxMemory
{
    /// <summary>onnxruntime's description of the memory of a device's tensors.</summary>
    public static OrtMemoryInfo On(Device device) => device.type == DeviceType.CUDA
        ? new OrtMemoryInfo("Cuda", OrtAllocatorType.DeviceAllocator, Math.Max(0, device.index), OrtMemType.Default)
        : new OrtMemoryInfo(OrtMemoryInfo.allocatorCPU, OrtAllocatorType.DeviceAllocator, 0, OrtMemType.Default);

    /// <summary>A contiguous tensor's own elements. The caller must keep the tensor alive while the value is used.</summary>
    public static OrtValue Of(Tensor tensor, OnnxPort port, OrtMemoryInfo memory) => OrtValue.CreateTensorValueWithData(
        memory, port.ElementType, tensor.shape, THSTensor_data(tensor.Handle), tensor.numel() * tensor.element_size());

    /// <summary>A copy of a value on the CPU, in the current dispose scope.</summary>
    public static Tensor Copy(OrtValue value, OnnxPort port)
    {
        var tensor = empty(value.GetTensorTypeAndShape().Shape, port.Type);
        value.GetTensorMutableRawData().CopyTo(tensor.bytes);
        return tensor;
    }

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint handle);
}
