using System.Runtime.InteropServices;

namespace ClassroomKD.Networks;

/// <summary>Whether a tensor still holds what it held: libtorch counts the changes in place of each tensor.</summary>
internal static unsafe class TensorVersion
{
    private static readonly delegate* unmanaged<nint, long> Changes;
    private static readonly delegate* unmanaged<nint, byte> IsInference;

    static TensorVersion()
    {
        var (version, inference) = OperatingSystem.IsWindows()
            ? ("?_version@TensorBase@at@@QEBA_JXZ", "?call@is_inference@_ops@at@@SA_NAEBVTensor@3@@Z")
            : ("_ZNK2at10TensorBase8_versionEv", "_ZN2at4_ops12is_inference4callERKNS_6TensorE");
        if (!NativeLibrary.TryLoad("torch_cpu", typeof(torch).Assembly, null, out var library)
            || !NativeLibrary.TryGetExport(library, version, out var changes)
            || !NativeLibrary.TryGetExport(library, inference, out var isInference))
            return;
        Changes = (delegate* unmanaged<nint, long>)changes;
        IsInference = (delegate* unmanaged<nint, byte>)isInference;
    }

    /// <summary>Whether <see cref="Of"/> is supported: whether libtorch has both functions by the names that its compiler gave
    /// them.</summary>
    public static bool CanBeRead => Changes != null;

    /// <summary>
    /// A number that changes with the tensor. A write to its raw memory, such as TorchSharp's <c>load</c> makes, is not counted; so the
    /// first, the middle and the last element are part of it where the tensor lies in order in the host's memory.
    /// </summary>
    /// <exception cref="InvalidOperationException">The tensor was disposed.</exception>
    public static (nint Handle, long Changes, ulong Elements) Of(Tensor tensor)
    {
        var handle = tensor.Handle;

        // A tensor made in inference mode counts no changes, and says so by an exception that would end the process.
        var changes = IsInference(handle) != 0 ? 0 : Changes(handle);
        var elements = tensor.device_type == DeviceType.CPU && tensor.numel() > 0 && tensor.is_contiguous() ? Elements(tensor) : 0;
        GC.KeepAlive(tensor);
        return (handle, changes, elements);
    }

    private static ulong Elements(Tensor tensor)
    {
        var first = TensorMemory.Address<byte>(tensor);
        var (size, count) = (tensor.ElementSize, tensor.numel());
        var mixed = 0UL;
        foreach (var place in (ReadOnlySpan<long>)[0, count / 2, count - 1])
            for (var i = 0; i < size; i++)
                mixed = (mixed * 31) + first[(place * size) + i];
        return mixed;
    }
}
