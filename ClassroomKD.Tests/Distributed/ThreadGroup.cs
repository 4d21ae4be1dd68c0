using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

/// <summary>Threads of this process as the ranks of a group, for tests that need no MPI.</summary>
internal sealed class ThreadGroup : IProcessGroup
{
    private readonly Shared shared;

    private ThreadGroup(Shared shared, int rank) => (this.shared, Rank) = (shared, rank);

    public int Rank { get; }

    public int Size => shared.Tensors.Length;

    public int LocalRank => Rank;

    public int LocalSize => Size;

    /// <summary>Runs an action on every rank, and throws what the first that failed threw.</summary>
    public static void Run(int size, Action<IProcessGroup> action)
    {
        using var shared = new Shared(size);
        var threads = Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            var group = new ThreadGroup(shared, rank);
            try
            {
                using var scope = NewDisposeScope();
                action(group);
            }
            catch (Exception exception)
            {
                group.Abort(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());
        if (shared.Cause is { } cause)
            throw new AggregateException(cause);
    }

    /// <summary>The same with a value of each rank.</summary>
    public static T[] Run<T>(int size, Func<IProcessGroup, T> function)
    {
        var results = new T[size];
        Run(size, group => { results[group.Rank] = function(group); });
        return results;
    }

    public IPendingReduction BeginAllReduce(Tensor tensor, ReduceOperation operation = ReduceOperation.Sum)
    {
        ReducibleTypes.Require(tensor);
        using var noGradient = no_grad();
        using var result = Meet(tensor, all => operation == ReduceOperation.Sum
            ? stack(all).sum(0, type: tensor.dtype)
            : stack(all).amax(0));
        tensor.copy_(result);
        return CompletedReduction.Instance;
    }

    public void Broadcast(Tensor tensor, int root = 0)
    {
        using var noGradient = no_grad();
        using var result = Meet(tensor, all => all[root]);
        if (Rank != root)
            tensor.copy_(result);
    }

    public Tensor? Gather(Tensor tensor, int root = 0)
    {
        var result = Meet(tensor, all => stack(all));
        return Rank == root ? result : null;
    }

    public void Barrier() => Wait();

    public void Abort(Exception cause) => shared.Fail(cause);

    public void Dispose()
    {
    }

    private Tensor Meet(Tensor tensor, Func<Tensor[], Tensor> make)
    {
        shared.Tensors[Rank] = tensor;
        Wait();
        var all = shared.Tensors.ToArray();
        if (all.Any(other => !other.shape.SequenceEqual(tensor.shape) || other.dtype != tensor.dtype))
            throw new InvalidOperationException(
                "Ranks called different collectives: " +
                string.Join("; ", all.Select(other => $"{other.dtype} [{string.Join(", ", other.shape)}]")) + ".");
        var result = make([.. all.Select(other => other.detach())]).clone();
        Wait();
        return result;
    }

    private void Wait()
    {
        try
        {
            shared.Meeting.SignalAndWait(shared.Failed.Token);
        }
        catch (OperationCanceledException)
        {
            throw new DistributedException("Another rank failed.");
        }
    }

    private sealed class Shared(int size) : IDisposable
    {
        private Exception? cause;

        public Tensor[] Tensors { get; } = new Tensor[size];

        public Barrier Meeting { get; } = new(size);

        public CancellationTokenSource Failed { get; } = new();

        public Exception? Cause => cause;

        public void Fail(Exception exception)
        {
            Interlocked.CompareExchange(ref cause, exception, null);
            Failed.Cancel();
        }

        public void Dispose()
        {
            Meeting.Dispose();
            Failed.Dispose();
        }
    }
}
