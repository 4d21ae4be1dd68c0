namespace ClassroomKD.Distributed;

/// <summary>The processes that MPI launched. Tensors of a GPU are copied through the memory of the CPU.</summary>
internal sealed unsafe class MpiProcessGroup : IProcessGroup
{
    // MPI counts elements in 32 bits.
    private const long MostElements = 1 << 28;

    private readonly MpiSession session;
    private readonly MpiLibrary mpi;

    public MpiProcessGroup(MpiSession session)
    {
        (this.session, mpi) = (session, session.Library);
        nint machine;
        Check(
            mpi.SplitType(mpi.Handles.World, mpi.Handles.SharedMemory, session.Rank, mpi.Handles.NoInfo, &machine), "MPI_Comm_split_type");
        int rank, size;
        Check(mpi.Rank(machine, &rank), "MPI_Comm_rank");
        Check(mpi.Size(machine, &size), "MPI_Comm_size");
        (LocalRank, LocalSize) = (rank, size);
    }

    public int Rank => session.Rank;

    public int Size => session.Size;

    public int LocalRank { get; }

    public int LocalSize { get; }

    public IPendingReduction BeginAllReduce(Tensor tensor, ReduceOperation operation = ReduceOperation.Sum)
    {
        ReducibleTypes.Require(tensor);
        var copy = Staged(tensor);
        var operand = copy ?? tensor;
        var (type, width) = operand.dtype switch
        {
            ScalarType.Float64 => (mpi.Handles.Float64, sizeof(double)),
            ScalarType.Int64 => (mpi.Handles.Int64, sizeof(long)),
            _ => (mpi.Handles.Float32, sizeof(float)),
        };
        var with = operation == ReduceOperation.Sum ? mpi.Handles.Sum : mpi.Handles.Max;
        var requests = InParts(operand.numel(), MostElements, (first, count) =>
        {
            nint request;
            Check(
                mpi.AllReduce(
                    mpi.Handles.InPlace, TensorMemory.Address<byte>(operand) + first * width, count, type, with, session.Communicator,
                    &request),
                "MPI_Iallreduce");
            return request;
        });
        return new Pending(session, requests, tensor, copy);
    }

    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        RequireRank(root);
        using var copy = tensor.device_type == DeviceType.CPU && tensor.is_contiguous() ? null : Detached(tensor, tensor.dtype);
        var operand = copy ?? tensor;
        foreach (var request in InParts(operand.numel() * operand.element_size(), int.MaxValue, (first, count) =>
        {
            nint request;
            Check(
                mpi.Broadcast(
                    TensorMemory.Address<byte>(operand) + first, count, mpi.Handles.Byte, root, session.Communicator, &request),
                "MPI_Ibcast");
            return request;
        }))
            session.Wait(request, "MPI_Ibcast");
        if (copy is not null)
            using (no_grad())
                tensor.copy_(copy);
        GC.KeepAlive(tensor);
    }

    public Tensor? Gather(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        RequireRank(root);
        using var sent = Detached(tensor, tensor.dtype);
        var bytes = checked((int)(sent.numel() * sent.element_size()));
        var all = Rank == root ? empty([Size, .. tensor.shape], tensor.dtype, CPU) : null;
        nint request;
        Check(
            mpi.Gather(
                TensorMemory.Address<byte>(sent), bytes, mpi.Handles.Byte,
                all is null ? null : TensorMemory.Address<byte>(all), bytes, mpi.Handles.Byte, root, session.Communicator, &request),
            "MPI_Igather");
        session.Wait(request, "MPI_Igather");
        GC.KeepAlive(sent);
        return all is null || tensor.device_type == DeviceType.CPU ? all : all.to(tensor.device);
    }

    public void Barrier() => session.Barrier();

    public void Abort(Exception cause) => session.Abort(cause);

    public void Dispose() => session.Dispose();

    // A copy that MPI can read; null: it can read the tensor itself.
    private static Tensor? Staged(Tensor tensor) =>
        tensor.dtype is ScalarType.Float16 or ScalarType.BFloat16 ? Detached(tensor, ScalarType.Float32)
        : tensor.device_type == DeviceType.CPU && tensor.is_contiguous() ? null
        : Detached(tensor, tensor.dtype);

    // In order, in the memory of the CPU, of no dispose scope.
    private static Tensor Detached(Tensor tensor, ScalarType type)
    {
        using var scope = NewDisposeScope();
        using var noGradient = no_grad();
        return empty(tensor.shape, type, CPU).copy_(tensor).DetachFromDisposeScope();
    }

    private static nint[] InParts(long length, long most, Func<long, int, nint> begin)
    {
        var requests = new nint[(length + most - 1) / most];
        for (var i = 0; i < requests.Length; i++)
            requests[i] = begin(i * most, (int)Math.Min(most, length - i * most));
        return requests;
    }

    private void RequireRank(int root)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(root);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(root, Size);
    }

    private void Check(int code, string function) => session.Check(code, function);

    private sealed class Pending(MpiSession session, nint[] requests, Tensor tensor, Tensor? copy) : IPendingReduction
    {
        private bool waited;

        public void Wait()
        {
            if (waited)
                return;
            foreach (var request in requests)
                session.Wait(request, "MPI_Iallreduce");
            waited = true;
            if (copy is not null)
            {
                using var noGradient = no_grad();
                tensor.copy_(copy);
                copy.Dispose();
            }

            GC.KeepAlive(tensor);
        }
    }
}
