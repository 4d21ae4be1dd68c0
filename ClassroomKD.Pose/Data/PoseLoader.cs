using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Loads persons in batches, on several threads ahead of the loop that trains on them.</summary>
/// <remarks>
/// Workers decode an image, draw the sample's augmentation and cut out the pixels that its warp reads; the cuts of a batch, padded with black to the largest, go to the
/// device as bytes, and one affine grid sampling there makes the images. What is random is a function of seed, epoch and sample: batches are
/// the same whatever the number of workers. Pixels outside the image are black, as in HRNet.
/// </remarks>
public sealed class PoseLoader
{
    private readonly PrefetchingLoader<PersonCut, PoseBatch> loader;

    /// <summary>Prepares a loader; nothing is read and no thread started.</summary>
    /// <param name="data">the persons</param>
    /// <param name="options">how they become batches</param>
    /// <exception cref="ArgumentException">An option is out of range; the message names it.</exception>
    public PoseLoader(PersonDataset data, PoseLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        options = BatchOptions.Checked(options);
        Data = data;
        loader = new PrefetchingLoader<PersonCut, PoseBatch>(new PersonSource(data, options), options);
    }

    /// <summary>The persons.</summary>
    public PersonDataset Data { get; }

    /// <summary>The number of batches of an epoch.</summary>
    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    /// <summary>The samples left out so far because their images are broken, and why; the message names file and annotation.</summary>
    public IReadOnlyDictionary<int, ImageException> Skipped => loader.Skipped;

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">the epoch's number, from 0</param>
    /// <param name="firstBatch">the batch to begin with, from 0</param>
    /// <param name="cancellation">ends the epoch with an <see cref="OperationCanceledException"/></param>
    /// <returns>Batches; each is disposed when the next is drawn or the loop is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative, or there is no such batch.</exception>
    /// <exception cref="ImageException">While enumerating, if broken images are to throw: one is; the message names file and annotation.</exception>
    public IEnumerable<PoseBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default) =>
        loader.Epoch(epoch, firstBatch, cancellation);
}
