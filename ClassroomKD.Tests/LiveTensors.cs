namespace ClassroomKD.Tests;

/// <summary>Counts of live tensors that no collection disturbs.</summary>
internal static class LiveTensors
{
    /// <summary>
    /// <c>Tensor.TotalCount</c> after the collector has been: it still counts the empty shell that each new <c>Parameter</c> leaves
    /// of the tensor it was made of, until the shell's finalizer has run.
    /// </summary>
    public static long Settled()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        return Tensor.TotalCount;
    }
}
