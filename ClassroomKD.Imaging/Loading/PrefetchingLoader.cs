using System.Collections.Concurrent;

namespace ClassroomKD.Imaging;

/// <summary>Loads samples on several threads ahead of the loop that trains on them.</summary>
/// <remarks>
/// A batch is a function of the seed, the epoch and its number; the number of workers changes the speed alone. Several epochs may run at
/// once; each has threads of its own.
/// </remarks>
/// <typeparam name="TSample">One decoded sample.</typeparam>
/// <typeparam name="TBatch">A batch.</typeparam>
public sealed class PrefetchingLoader<TSample, TBatch>
    where TBatch : IDisposable
{
    private readonly IBatchSource<TSample, TBatch> source;
    private readonly LoaderOptions options;
    private readonly ConcurrentDictionary<int, ImageException> skipped;

    /// <summary>Prepares a loader; nothing is read and no thread is started.</summary>
    /// <param name="source">The samples; neither owned nor disposed.</param>
    /// <param name="options">How to load them.</param>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of range.</exception>
    /// <exception cref="ArgumentException">The source has no samples.</exception>
    public PrefetchingLoader(IBatchSource<TSample, TBatch> source, LoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        options = BatchOptions.Checked(options);
        if (source.Count < 1)
            throw new ArgumentException("The source has no samples.", nameof(source));
        (this.source, this.options, skipped) = (source, options, new());
    }

    private PrefetchingLoader(PrefetchingLoader<TSample, TBatch> whole, BatchPart part)
    {
        (source, options, skipped) = (whole.source, BatchOptions.Checked(whole.options), whole.skipped);
        options.Part = part;
    }

    /// <summary>The number of batches of an epoch, including those that will hold broken samples only.</summary>
    public int BatchesPerEpoch => options.BatchesPerEpoch(source.Count);

    /// <summary>
    /// The samples left out so far in all epochs, with the reasons; empty unless <see cref="LoaderOptions.Broken"/> is
    /// <see cref="BrokenSamples.Skip"/>.
    /// </summary>
    public IReadOnlyDictionary<int, ImageException> Skipped => skipped;

    /// <summary>A loader of a part of every batch, of the same samples; both list what either leaves out.</summary>
    /// <param name="part">Which part; <c>default</c> is the whole.</param>
    /// <returns>The loader.</returns>
    public PrefetchingLoader<TSample, TBatch> Part(BatchPart part) => new(this, part);

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="firstBatch">The first batch, from 0; a resumed training goes on with the batches that it would have seen.</param>
    /// <param name="cancellation">Ends the epoch with an <see cref="OperationCanceledException"/>, even while it waits for a batch.</param>
    /// <returns>The batches. Each is disposed when the next is drawn or the loop is left; then no thread remains either.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative, or there is no such batch.</exception>
    /// <exception cref="ImageException">While enumerating: a sample is broken.</exception>
    /// <exception cref="LoaderException">While enumerating: the source threw anything else.</exception>
    public IEnumerable<TBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchesPerEpoch);
        return Batches(epoch, firstBatch, cancellation);
    }

    private IEnumerable<TBatch> Batches(int epoch, int firstBatch, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        using var crew = new LoadingCrew<TSample, TBatch>(source, options, epoch, firstBatch, BatchesPerEpoch, skipped);
        using var stop = cancellation.Register(crew.Stop);
        while (crew.TakeNext(out var batch))
        {
            using (batch)
                yield return batch;
            cancellation.ThrowIfCancellationRequested();
        }
        cancellation.ThrowIfCancellationRequested();
    }
}
