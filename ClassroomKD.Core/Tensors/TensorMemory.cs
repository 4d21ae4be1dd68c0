using System.Runtime.InteropServices;

namespace ClassroomKD;

/// <summary>Raw access to a tensor's elements. The holder of an address must keep the tensor alive.</summary>
internal static unsafe partial class TensorMemory
{
    /// <summary>The first element of a contiguous tensor, its storage offset included.</summary>
    public static T* Address<T>(Tensor tensor)
        where T : unmanaged =>
        (T*)THSTensor_data(tensor.Handle);

    /// <summary>The tensor itself if its elements lie in order, else a copy in which they do.</summary>
    public static Tensor InOrder(Tensor tensor) => tensor.is_contiguous() ? tensor : tensor.contiguous();

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint handle);
}
