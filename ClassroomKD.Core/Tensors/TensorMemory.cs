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

    /// <summary>Whether any of some tensors lies, if only as a view, in the memory of any of others. Nothing is read.</summary>
    public static bool AnyWithin(IEnumerable<Tensor> tensors, IEnumerable<Tensor> others)
    {
        List<(nint Start, nint End)> ranges = [.. others.Select(Range)];
        return tensors.Select(Range).Any(one => ranges.Any(range => one.Start >= range.Start && one.End <= range.End));

        static (nint Start, nint End) Range(Tensor tensor)
        {
            var start = THSTensor_data(tensor.Handle);
            return (start, start + (nint)(tensor.numel() * tensor.element_size()));
        }
    }

    [LibraryImport("LibTorchSharp")]
    private static partial nint THSTensor_data(nint handle);
}
