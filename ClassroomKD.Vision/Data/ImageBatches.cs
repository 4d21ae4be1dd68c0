using ClassroomKD.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Mini-batches of labeled images, epoch after epoch: from memory (<see cref="BatchSampler"/>) or from files (<see cref="ImageLoader"/>).</summary>
/// <remarks>
/// What a batch holds is a function of the seed, the epoch's and the batch's number alone: another order in each epoch, the same one in each
/// run, whatever else has drawn random numbers, so that a resumed training sees what the uninterrupted one would have seen. A batch goes
/// through <see cref="Augmentations"/>, <see cref="Normalization"/>, label smoothing and <see cref="Mixing"/>, in this order. Not for use by
/// several threads at once.
/// </remarks>
public abstract class ImageBatches
{
    private readonly double labelSmoothing;

    private protected ImageBatches(int count, IReadOnlyList<string> classNames, BatchOptions options) =>
        (Count, ClassNames, Options) = (count, classNames, BatchOptions.Checked(options));

    /// <summary>The number of images.</summary>
    public int Count { get; }

    /// <summary>The name of each class; labels index into it.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The size and order of the batches.</summary>
    private protected BatchOptions Options { get; }

    /// <summary>Random changes of the raw images, one after the other.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<IBatchAugmentation> Augmentations { get; init; } = [];

    /// <summary>Turns the uint8 images into normalized float32.</summary>
    /// <value>Default: none, batches are uint8.</value>
    public Normalization? Normalization { get; init; }

    /// <summary>
    /// The share of each label that is spread evenly over all classes (Szegedy et al., CVPR 2016): labels become distributions
    /// <c>[B, classes]</c>. Where only the task loss shall see smooth labels, use <see cref="LogitsTaskOptions.LabelSmoothing"/> instead.
    /// </summary>
    /// <value>Default: 0, labels stay class indices unless <see cref="Mixing"/> needs distributions.</value>
    /// <exception cref="ArgumentOutOfRangeException">Not within 0 and 1.</exception>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a share of at least 0 and below 1.");
    }

    /// <summary>Mixes images and labels within a batch; labels become distributions <c>[B, classes]</c>. Needs <see cref="Normalization"/>.</summary>
    /// <value>Default: none.</value>
    public ILabelMixing? Mixing { get; init; }

    /// <summary>The number of batches of an epoch.</summary>
    public int BatchesPerEpoch => Options.BatchesPerEpoch(Count);

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="firstBatch">The batch to begin with, from 0: a resumed training goes on where it stopped.</param>
    /// <param name="cancellation">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// Batches, made one at a time; each is released when the next is drawn or the loop is left, so they need no dispose scope. A scope
    /// opened in the body of the loop does not touch them.
    /// </returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="epoch"/> is negative, or there is no such batch.</exception>
    /// <exception cref="InvalidOperationException">There is <see cref="Mixing"/> and no <see cref="Normalization"/>.</exception>
    public IEnumerable<ImageBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(epoch);
        ArgumentOutOfRangeException.ThrowIfNegative(firstBatch);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(firstBatch, BatchesPerEpoch);
        if (Mixing is not null && Normalization is null)
            throw new InvalidOperationException("Mixing works on normalized images; set Normalization too.");
        return Draw(epoch, firstBatch, cancellation);
    }

    private protected abstract IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation);

    /// <summary>Augments, normalizes and mixes.</summary>
    /// <param name="images">uint8 <c>[B, C, H, W]</c>; not disposed.</param>
    /// <param name="labels">int64 <c>[B]</c>; not disposed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="batch">The batch.</param>
    /// <returns>A batch that no dispose scope owns.</returns>
    private protected ImageBatch Finish(Tensor images, Tensor labels, int epoch, int batch)
    {
        using var scope = NewDisposeScope();
        var random = SplitMix64.Of(~Options.Seed, epoch, batch);
        var (drawn, targets) = (images, labels);
        foreach (var augmentation in Augmentations)
            drawn = augmentation.Apply(drawn, unchecked((long)random.Next()));
        if (Normalization is not null)
            drawn = Normalization.Apply(drawn);
        if (LabelSmoothing > 0 || Mixing is not null)
            targets = Distributions(labels);
        if (Mixing is not null)
            (drawn, targets) = Mixing.Apply(drawn, targets, unchecked((long)random.Next()));
        // What went through unchanged still belongs to somebody else.
        return new ImageBatch(
            (ReferenceEquals(drawn, images) ? images.alias() : drawn).DetachFromDisposeScope(),
            (ReferenceEquals(targets, labels) ? labels.alias() : targets).DetachFromDisposeScope());
    }

    private Tensor Distributions(Tensor labels)
    {
        var certain = zeros([labels.size(0), ClassNames.Count], ScalarType.Float32, labels.device)
            .scatter_(1, labels.unsqueeze(1), ones([1, 1], ScalarType.Float32, labels.device).expand(labels.size(0), 1));
        return LabelSmoothing == 0
            ? certain
            : certain.mul(Scalars.Of(1 - LabelSmoothing)).add(Scalars.Of(LabelSmoothing / ClassNames.Count), Scalars.One);
    }
}
