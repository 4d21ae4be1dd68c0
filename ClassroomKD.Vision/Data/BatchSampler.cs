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

    private protected override string Identity => data.Digest;

    private protected override IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation)
    {
        var order = Order(epoch);
        using var onDevice = Options.Shuffle ? HostTensor.Of(order, [order.Length], data.Images.device).DetachFromDisposeScope() : null;
        for (var number = firstBatch; number < BatchesPerEpoch; number++)
        {
            cancellation.ThrowIfCancellationRequested();
            using var batch = Take(order, onDevice, epoch, number);
            // What is random is drawn for the whole batch, so that a part changes as it does within the whole.
            var (first, count) = Options.Part.Of(batch.Samples.Count);
            using var part = count == batch.Samples.Count ? null : batch.Narrow(first, count);
            if (count > 0)
                yield return part ?? batch;
        }
    }

    private ImageBatch Take(long[] order, Tensor? onDevice, int epoch, int batch)
    {
        using var scope = NewDisposeScope();
        var start = batch * Options.BatchSize;
        var count = Math.Min(Options.BatchSize, data.Count - start);
        var samples = Array.ConvertAll(order[start..(start + count)], sample => (int)sample);
        if (onDevice is null)
            return Finish(data.Images.narrow(0, start, count), data.Labels.narrow(0, start, count), epoch, batch, samples);
        var chosen = onDevice.narrow(0, start, count);
        return Finish(data.Images.index_select(0, chosen), data.Labels.index_select(0, chosen), epoch, batch, samples);
    }

    private long[] Order(int epoch)
    {
        var order = new long[data.Count];
        if (Options.Shuffle)
            EpochOrder.Shuffle(order, Options.Seed, epoch);
        else
            EpochOrder.Ascend(order);
        return order;
    }
}
