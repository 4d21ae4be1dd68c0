namespace ClassroomKD.Distributed;

/// <summary>A group of this process alone, which needs neither MPI nor NCCL: every collective gives what it was given.</summary>
internal sealed class SingleProcessGroup : IProcessGroup
{
    public int Rank => 0;

    public int Size => 1;

    public int LocalRank => 0;

    public int LocalSize => 1;

    public IPendingReduction BeginAllReduce(Tensor tensor, ReduceOperation operation = ReduceOperation.Sum)
    {
        ReducibleTypes.Require(tensor);
        return CompletedReduction.Instance;
    }

    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);
    }

    public Tensor Gather(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        ArgumentOutOfRangeException.ThrowIfNotEqual(root, 0);
        return tensor.detach().clone().unsqueeze(0);
    }

    public void Barrier()
    {
    }

    /// <summary>The exception itself ends a process that is alone.</summary>
    public void Abort(Exception cause)
    {
    }

    public void Dispose()
    {
    }
}
