namespace ClassroomKD.Distributed;

/// <summary>Reads tensors of the CPU, which nobody waits for.</summary>
internal static unsafe class HostNumbers
{
    /// <param name="integers">int64 <c>[N]</c> on the CPU, in order.</param>
    public static long[] Of(Tensor integers)
    {
        var numbers = new ReadOnlySpan<long>(TensorMemory.Address<long>(integers), checked((int)integers.numel())).ToArray();
        GC.KeepAlive(integers);
        return numbers;
    }
}
