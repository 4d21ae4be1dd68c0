using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Draws mini-batches from a data set in memory, on its device.</summary>
public sealed class BatchSampler : ImageBatches
{
    private readonly ImageDataset data;

    /// <summary>Creates the sampler; nothing is copied.</summary>
    /// <param name="data">The images; not disposed.</param>
    /// <param name="options">The size and order of the batches.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public BatchSampler(ImageDataset data, BatchOptions options)
        : base(data?.Count ?? throw new ArgumentNullException(nameof(data)), data.ClassNames, options) => this.data = data;

    private protected override IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation)
    {
        using var order = Options.Shuffle ? Permutation(epoch) : null;
        for (var number = firstBatch; number < BatchesPerEpoch; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = Take(order, epoch, number);
            yield return batch;
        }
    }

    private ImageBatch Take(Tensor? order, int epoch, int batch)
    {
        using var scope = NewDisposeScope();
        var start = (long)batch * Options.BatchSize;
        var count = Math.Min(Options.BatchSize, data.Count - start);
        if (order is null)
            return Finish(data.Images.narrow(0, start, count), data.Labels.narrow(0, start, count), epoch, batch);
        var chosen = order.narrow(0, start, count);
        return Finish(data.Images.index_select(0, chosen), data.Labels.index_select(0, chosen), epoch, batch);
    }

    /// <summary>The epoch's order, int64 on the data set's device.</summary>
    private Tensor Permutation(int epoch)
    {
        var order = empty([data.Count], ScalarType.Int64, CPU).DetachFromDisposeScope();
        EpochOrder.Shuffle(HostTensor.Values<long>(order), Options.Seed, epoch);
        return order.to(data.Images.device, disposeAfter: true).DetachFromDisposeScope();
    }
}
