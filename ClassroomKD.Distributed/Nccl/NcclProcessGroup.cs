using ClassroomKD.Kernels.Cuda;

namespace ClassroomKD.Distributed;

/// <summary>
/// Processes with a GPU each: NCCL exchanges the tensors of GPUs, on libtorch's own stream, so that nobody waits for the device; another
/// group exchanges those of the CPU.
/// </summary>
internal sealed unsafe class NcclProcessGroup : IProcessGroup
{
    private readonly IProcessGroup others;
    private readonly NcclLibrary nccl;
    private readonly int device;
    private readonly DeviceType serves;
    private nint communicator;

    /// <summary>Meets the other ranks, each of which has a GPU of its own.</summary>
    /// <param name="others">Exchanges NCCL's unique identifier, and all tensors of other devices; owned from now on.</param>
    /// <param name="nccl">The library, on this process's GPU.</param>
    /// <param name="device">The index of that GPU.</param>
    /// <param name="serves">Whose tensors NCCL gets.</param>
    /// <exception cref="DistributedException">NCCL failed.</exception>
    public NcclProcessGroup(IProcessGroup others, NcclLibrary nccl, int device, DeviceType serves = DeviceType.CUDA)
    {
        (this.others, this.nccl, this.device, this.serves) = (others, nccl, device, serves);
        var id = others.BroadcastText(Convert.ToHexString(others.Rank == 0 ? nccl.NewId() : []));
        communicator = nccl.Initialize(Convert.FromHexString(id), others.Rank, others.Size);
    }

    public int Rank => others.Rank;

    public int Size => others.Size;

    public int LocalRank => others.LocalRank;

    public int LocalSize => others.LocalSize;

    public IPendingReduction BeginAllReduce(Tensor tensor, ReduceOperation operation = ReduceOperation.Sum)
    {
        ReducibleTypes.Require(tensor);
        if (!Serves(tensor))
            return others.BeginAllReduce(tensor, operation);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var inOrder = TensorMemory.InOrder(tensor);
        var address = TensorMemory.Address<byte>(inOrder);
        Queue(nccl.AllReduce(
            address, address, (nuint)inOrder.numel(), NcclType(tensor.dtype), operation == ReduceOperation.Sum ? 0 : 2, communicator,
            Stream()), "ncclAllReduce");
        if (!ReferenceEquals(inOrder, tensor))
            tensor.copy_(inOrder);
        GC.KeepAlive(inOrder);
        // What libtorch queues from now on comes after it on the same stream.
        return CompletedReduction.Instance;
    }

    public void Broadcast(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!Serves(tensor))
        {
            others.Broadcast(tensor, root);
            return;
        }

        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var inOrder = TensorMemory.InOrder(tensor);
        var address = TensorMemory.Address<byte>(inOrder);
        Queue(nccl.Broadcast(address, address, Bytes(inOrder), 1, root, communicator, Stream()), "ncclBroadcast");
        if (!ReferenceEquals(inOrder, tensor))
            tensor.copy_(inOrder);
        GC.KeepAlive(inOrder);
    }

    public Tensor? Gather(Tensor tensor, int root = 0)
    {
        ArgumentNullException.ThrowIfNull(tensor);
        if (!Serves(tensor))
            return others.Gather(tensor, root);
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var inOrder = TensorMemory.InOrder(tensor);
        var all = empty([Size, .. tensor.shape], tensor.dtype, tensor.device);
        Queue(
            nccl.AllGather(
                TensorMemory.Address<byte>(inOrder), TensorMemory.Address<byte>(all), Bytes(inOrder), 1, communicator, Stream()),
            "ncclAllGather");
        GC.KeepAlive(inOrder);
        return Rank == root ? all.MoveToOuterDisposeScope() : null;
    }

    public void Barrier() => others.Barrier();

    public void Abort(Exception cause) => others.Abort(cause);

    public void Dispose()
    {
        if (communicator == 0)
            return;
        // All have queued what they had to before anybody lets go.
        others.Barrier();
        nccl.Destroy(communicator);
        communicator = 0;
        others.Dispose();
    }

    private static int NcclType(ScalarType type) => type switch
    {
        ScalarType.Int64 => 4,
        ScalarType.Float16 => 6,
        ScalarType.Float32 => 7,
        ScalarType.Float64 => 8,
        _ => 9,
    };

    private static nuint Bytes(Tensor tensor) => (nuint)(tensor.numel() * tensor.element_size());

    private bool Serves(Tensor tensor)
    {
        if (tensor.device_type != serves)
            return false;
        if (tensor.device_index > 0 && tensor.device_index != device)
            throw new ArgumentException($"A tensor of GPU {device} was expected, which is this process's; got one on {tensor.device}.");
        return true;
    }

    private nint Stream()
    {
        nccl.Enter();
        return serves == DeviceType.CUDA ? CudaStream.Current(device) : 0;
    }

    private void Queue(int code, string function)
    {
        try
        {
            nccl.Check(code, function);
        }
        catch (DistributedException exception)
        {
            Abort(exception);
            throw;
        }
    }
}
