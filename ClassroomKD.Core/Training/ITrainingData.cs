using static TorchSharp.torch;

namespace ClassroomKD;

/// <summary>A batch to train on. Its tensors belong to the data, and are valid until the next batch is drawn.</summary>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
public readonly struct TrainingBatch<TTarget>
{
    /// <summary>What the student answers, <c>[B, ...]</c>.</summary>
    public required Tensor Input { get; init; }

    /// <summary>The truth.</summary>
    public required TTarget Targets { get; init; }

    /// <summary>Its number within the epoch, from 0.</summary>
    public required int Number { get; init; }

    /// <summary>Which samples of the data set these are, in the order of the batch.</summary>
    /// <value>Default null: unknown, so that recorded lessons cannot be used.</value>
    public IReadOnlyList<int>? Samples { get; init; }
}

/// <summary>What a <see cref="Trainer{TAnswer, TTarget}"/> trains on.</summary>
/// <typeparam name="TTarget">What the truth looks like.</typeparam>
/// <remarks>
/// A batch must be a function of the epoch's and the batch's number alone, whatever else has drawn random numbers: this is what makes a resumed
/// training equal to an uninterrupted one.
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
}
