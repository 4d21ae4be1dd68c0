using System.Runtime.InteropServices;
using ClassroomKD.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Draws mini-batches from a resident data set, on its device.</summary>
/// <remarks>
/// What epoch e gives is a function of the seed and e alone: another order in each epoch, the same one in each run, whatever else has
/// drawn random numbers, so that a resumed training sees what the uninterrupted one would have seen. Not for use by several threads at
/// once.
/// </remarks>
public sealed class BatchSampler
{
    private readonly ImageDataset data;
    private readonly long seed;

    /// <summary>Prepares the sampler; nothing is copied.</summary>
    /// <param name="data">The images; neither owned nor disposed.</param>
    /// <param name="batchSize">Images per batch, at least 1.</param>
    /// <param name="seed">The seed of order and augmentation.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="batchSize"/> is below 1.</exception>
    public BatchSampler(ImageDataset data, int batchSize, long seed = 0)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentOutOfRangeException.ThrowIfLessThan(batchSize, 1);
        (this.data, BatchSize, this.seed) = (data, batchSize, seed);
    }

    /// <summary>Images per batch.</summary>
    public int BatchSize { get; }

    /// <summary>Whether each epoch has an order of its own; if not, images come in the order of the data set.</summary>
    /// <value>Default: true.</value>
    public bool Shuffle { get; init; } = true;

    /// <summary>Whether a last batch with fewer than <see cref="BatchSize"/> images is left out.</summary>
    /// <value>Default: false.</value>
    public bool DropLast { get; init; }

    /// <summary>Random crops and flips, before normalisation.</summary>
    /// <value>Default: none.</value>
    public RandomCropFlip? Augmentation { get; init; }

    /// <summary>Turns the uint8 images into normalised float32.</summary>
    /// <value>Default: none, batches are uint8.</value>
    public Normalization? Normalization { get; init; }

    /// <summary>The number of batches of an epoch.</summary>
    public int BatchesPerEpoch => DropLast ? data.Count / BatchSize : (data.Count - 1) / BatchSize + 1;

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <returns>
    /// Batches, made one at a time; each is released when the next is drawn or the loop is left, so they need no dispose scope. A scope
    /// opened in the body of the loop does not touch them.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative.</exception>
    public IEnumerable<ImageBatch> Epoch(int epoch)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        return Batches(epoch);
    }

    private IEnumerable<ImageBatch> Batches(int epoch)
    {
        using var order = Shuffle ? Permutation(epoch) : null;
        for (var batch = 0; batch < BatchesPerEpoch; batch++)
        {
            var drawn = Draw(order, epoch, batch);
            using (drawn.Images)
            using (drawn.Labels)
                yield return drawn;
        }
    }

    private ImageBatch Draw(Tensor? order, int epoch, int batch)
    {
        using var scope = NewDisposeScope();
        var start = (long)batch * BatchSize;
        var count = Math.Min(BatchSize, data.Count - start);
        Tensor images, labels;
        if (order is null)
        {
            (images, labels) = (data.Images.narrow(0, start, count), data.Labels.narrow(0, start, count));
        }
        else
        {
            var chosen = order.narrow(0, start, count);
            (images, labels) = (data.Images.index_select(0, chosen), data.Labels.index_select(0, chosen));
        }
        if (Augmentation is not null)
            images = Augmentation.Apply(images, unchecked((long)SplitMix64.Of(~seed, epoch, batch).Next()));
        if (Normalization is not null)
            images = Normalization.Apply(images);
        return new ImageBatch(images.DetachFromDisposeScope(), labels.DetachFromDisposeScope());
    }

    /// <summary>Fisher and Yates' shuffle of <c>0..N-1</c>, int64 on the data set's device.</summary>
    private Tensor Permutation(int epoch)
    {
        var order = empty([data.Count], ScalarType.Int64, CPU).DetachFromDisposeScope();
        var indices = MemoryMarshal.Cast<byte, long>(order.bytes);
        var random = SplitMix64.Of(seed, epoch);
        for (var i = 0; i < indices.Length; i++)
        {
            var j = random.Below(i + 1);
            indices[i] = indices[j];
            indices[j] = i;
        }
        return order.to(data.Images.device, disposeAfter: true).DetachFromDisposeScope();
    }
}
