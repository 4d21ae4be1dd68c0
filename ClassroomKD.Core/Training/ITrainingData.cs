namespace ClassroomKD;

/// <summary>What a <see cref="Trainer{TAnswer, TTarget}"/> trains on.</summary>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// A batch must be a function of the epoch's and the batch's number alone, whatever else has drawn random numbers: this is what makes a
/// resumed training equal to an uninterrupted one.
/// </remarks>
public interface ITrainingData<TTarget>
{
    /// <summary>The number of batches of an epoch, at least 1.</summary>
    int BatchesPerEpoch { get; }

    /// <summary>What a resumed training must find as it was: data, seed, batch size, augmentation. Each as a name and a text.</summary>
    IReadOnlyDictionary<string, string> Fingerprint { get; }

    /// <summary>Draws the batches of one epoch.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="firstBatch">The batch to begin with, from 0.</param>
    /// <param name="cancellation">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>Batches; each is released when the next is drawn or the loop is left.</returns>
    IEnumerable<TrainingBatch<TTarget>> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default);

    /// <summary>The same data, of which every batch holds only the samples of a part: for one of several processes.</summary>
    /// <param name="part">The part; all together they are the whole batch, in order.</param>
    /// <returns>
    /// Data with the same number of batches and the same fingerprint. It leaves out a batch of which the part holds no sample. By default,
    /// whole batches are drawn and cut, which needs targets that are a tensor; loaders read only the part.
    /// </returns>
    ITrainingData<TTarget> Part(BatchPart part) => new NarrowedData<TTarget>(this, part);
}
