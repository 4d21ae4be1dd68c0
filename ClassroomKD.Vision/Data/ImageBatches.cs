using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Mini-batches of labeled images, from memory (<see cref="BatchSampler"/>) or from files (<see cref="ImageLoader"/>).</summary>
/// <remarks>
/// A batch is a function of the seed, the epoch and its number alone, so that a resumed training sees the batches that it would have seen
/// without the interruption. A batch goes through <see cref="Augmentations"/>, <see cref="Normalization"/>, label smoothing and
/// <see cref="Mixing"/>, in this order. Not for use by several threads at once.
/// </remarks>
public abstract class ImageBatches : ITrainingData<Tensor>
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

    /// <summary>The random changes of the raw images, applied in order.</summary>
    /// <value>Default none.</value>
    public IReadOnlyList<IBatchAugmentation> Augmentations { get; init; } = [];

    /// <summary>The normalization of the images, which makes them float32.</summary>
    /// <value>Default none: batches are uint8.</value>
    public Normalization? Normalization { get; init; }

    /// <summary>
    /// The share of each label that is spread evenly over all classes (Szegedy et al., CVPR 2016), at least 0 and below 1; labels become
    /// distributions <c>[B, classes]</c>. To smooth labels in the task loss only, use <see cref="LogitsTaskOptions.LabelSmoothing"/>.
    /// </summary>
    /// <value>Default 0: labels stay class indices unless <see cref="Mixing"/> needs distributions.</value>
    /// <exception cref="ArgumentOutOfRangeException">The value is out of range.</exception>
    public double LabelSmoothing
    {
        get => labelSmoothing;
        init => labelSmoothing = value is >= 0 and < 1
            ? value
            : throw new ArgumentOutOfRangeException(nameof(value), value, "Expected a share of at least 0 and below 1.");
    }

    /// <summary>The mixing of a batch, which needs <see cref="Normalization"/>; labels become distributions <c>[B, classes]</c>.</summary>
    /// <value>Default none.</value>
    public ILabelMixing? Mixing { get; init; }

    /// <summary>The number of batches of an epoch.</summary>
    public int BatchesPerEpoch => Options.BatchesPerEpoch(Count);

    IReadOnlyDictionary<string, string> ITrainingData<Tensor>.Fingerprint
    {
        get
        {
            var entries = DataFingerprint.Of(Options, Identity);
            entries.Add("fit", Fit);
            entries.Add("augmentations", SettingsText.Of(Augmentations));
            entries.Add("normalization", SettingsText.Of(Normalization));
            entries.Add("labelSmoothing", SettingsText.Of(LabelSmoothing));
            entries.Add("mixing", SettingsText.Of(Mixing));
            return entries;
        }
    }

    /// <summary>Tells the images and their labels apart.</summary>
    private protected abstract string Identity { get; }

    /// <summary>How the images get their size.</summary>
    private protected virtual string Fit => "none";

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="firstBatch">The first batch, from 0; a resumed training goes on where it stopped.</param>
    /// <param name="cancellation">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>
    /// The batches, made one at a time. Each is released when the next is drawn or the loop is left, so they need no dispose scope; a scope
    /// in the body of the loop does not affect them.
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

    IEnumerable<TrainingBatch<Tensor>> ITrainingData<Tensor>.Epoch(int epoch, int firstBatch, CancellationToken cancellation) =>
        Epoch(epoch, firstBatch, cancellation).Select(batch => new TrainingBatch<Tensor>
        {
            Input = batch.Images, Targets = batch.Labels, Number = batch.Number, Samples = batch.Samples,
        });

    private protected abstract IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation);

    /// <summary>Augments, normalizes and mixes.</summary>
    /// <param name="images">uint8 <c>[B, C, H, W]</c>; not disposed.</param>
    /// <param name="labels">int64 <c>[B]</c>; not disposed.</param>
    /// <param name="epoch">The epoch.</param>
    /// <param name="batch">The batch.</param>
    /// <param name="samples">Which images they are.</param>
    /// <returns>A batch that no dispose scope owns.</returns>
    private protected ImageBatch Finish(Tensor images, Tensor labels, int epoch, int batch, IReadOnlyList<int> samples)
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
        // Unchanged tensors still belong to others.
        return new ImageBatch(
            (ReferenceEquals(drawn, images) ? images.alias() : drawn).DetachFromDisposeScope(),
            (ReferenceEquals(targets, labels) ? labels.alias() : targets).DetachFromDisposeScope(),
            samples) { Number = batch };
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
