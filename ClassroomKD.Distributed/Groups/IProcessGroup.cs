namespace ClassroomKD.Distributed;

/// <summary>Processes that work on one training together, each known by its rank.</summary>
/// <remarks>
/// <para>
/// <see cref="BeginAllReduce"/>, <see cref="Broadcast"/>, <see cref="Gather"/>, <see cref="Barrier"/> and disposal are collective: every
/// process calls them in the same order, with tensors of the same shape and type. A tensor is float64, float32, float16, bfloat16 or int64
/// for an all-reduce, and of any type otherwise. Use a group from one thread, and dispose it: a process that ends without is taken for
/// one that failed.
/// </para>
/// <para>No process waits forever: where one fails, dies or leaves, all end. See <see cref="Abort"/>.</para>
/// </remarks>
public interface IProcessGroup : IDisposable
{
    /// <summary>The number of this process, from 0. Rank 0 writes the files.</summary>
    int Rank { get; }

    /// <summary>The number of processes, at least 1.</summary>
    int Size { get; }

    /// <summary>The number of this process among those of its machine, from 0: which GPU is its own.</summary>
    int LocalRank { get; }

    /// <summary>The number of processes on this machine, at least 1.</summary>
    int LocalSize { get; }

    /// <summary>Begins to replace each element by its sum or maximum over all processes.</summary>
    /// <param name="tensor">Replaced in place by the time the result was waited for; until then, neither read nor write it.</param>
    /// <param name="operation">Default: the sum.</param>
    /// <returns>What to wait for. Several may be under way at once; wait for them in the order in which they began.</returns>
    /// <exception cref="ArgumentException">The tensor's type cannot be reduced.</exception>
    /// <exception cref="DistributedException">The communication failed.</exception>
    IPendingReduction BeginAllReduce(Tensor tensor, ReduceOperation operation = ReduceOperation.Sum);

    /// <summary>Replaces a tensor by that of one rank.</summary>
    /// <param name="tensor">Of the same shape and type in all processes.</param>
    /// <param name="root">Whose tensor it is. Default 0.</param>
    /// <exception cref="DistributedException">The communication failed.</exception>
    void Broadcast(Tensor tensor, int root = 0);

    /// <summary>Brings the tensors of all ranks to one of them.</summary>
    /// <param name="tensor">Of the same shape and type in all processes; not changed.</param>
    /// <param name="root">Who gets them. Default 0.</param>
    /// <returns><c>[Size, ...]</c> on the root, in the caller's dispose scope; null elsewhere.</returns>
    /// <exception cref="DistributedException">The communication failed.</exception>
    Tensor? Gather(Tensor tensor, int root = 0);

    /// <summary>Waits until all processes are here.</summary>
    /// <exception cref="DistributedException">The communication failed.</exception>
    void Barrier();

    /// <summary>Ends all processes of the job at once, this one too, and says which rank failed and why. Any thread may call it.</summary>
    /// <param name="cause">Written to the standard error stream, with the rank and the machine.</param>
    void Abort(Exception cause);
}

/// <summary>An all-reduce under way.</summary>
public interface IPendingReduction
{
    /// <summary>Waits until the tensor holds the result; on a GPU, until what is queued from now on sees it.</summary>
    /// <exception cref="DistributedException">The communication failed.</exception>
    void Wait();
}
