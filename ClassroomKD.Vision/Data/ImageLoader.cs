using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Draws mini-batches from image files, decoded ahead by threads and augmented on their device when drawn.</summary>
/// <remarks>The number of threads changes the speed, never a batch. After the loop no thread and no tensor remains.</remarks>
public sealed class ImageLoader : ImageBatches, ITrainingData<Tensor>
{
    private readonly LabeledFiles files;
    private readonly IImageFit fit;
    private readonly Lazy<string> samples;
    private readonly Lazy<PrefetchingLoader<ImageFileSource.Sample, ImageBatch>> loader;

    /// <summary>Creates the loader; no file is opened.</summary>
    /// <param name="files">The images.</param>
    /// <param name="fit">How images get one size, such as <see cref="RandomResizedCrop"/> or <see cref="CenterFit"/>.</param>
    /// <param name="options">The size and order of the batches, and how they are loaded.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public ImageLoader(LabeledFiles files, IImageFit fit, LoaderOptions options)
        : base(files?.Count ?? throw new ArgumentNullException(nameof(files)), files.ClassNames, options)
    {
        ArgumentNullException.ThrowIfNull(fit);
        (this.files, this.fit) = (files, fit);
        loader = new(() => new PrefetchingLoader<ImageFileSource.Sample, ImageBatch>(
            new ImageFileSource(files, fit, Decoder, Device), (LoaderOptions)Options).Part(Loaded));
        samples = new(() => Sha256.OfLines(
            DataFingerprint.RelativeNames(files.Paths).Zip(files.Labels, (name, label) => $"{label} {name}")));
    }

    // A part of the whole's batches, which lists what it leaves out in the whole too.
    private ImageLoader(ImageLoader whole, LoaderOptions options)
        : base(whole.Count, whole.ClassNames, options)
    {
        (files, fit, samples) = (whole.files, whole.fit, whole.samples);
        loader = new(() => whole.loader.Value.Part(Loaded));
    }

    /// <summary>The device of the batches.</summary>
    /// <value>Default the CPU.</value>
    public Device Device { get; init; } = CPU;

    /// <summary>How files are decoded.</summary>
    /// <value>Default: in full, ignoring the orientation.</value>
    public ImageDecoder Decoder { get; init; } = ImageDecoder.Default;

    /// <summary>The files left out so far, with the reasons, in the order of the data set.</summary>
    public IReadOnlyList<ImageException> Skipped =>
        loader.IsValueCreated ? [.. loader.Value.Skipped.OrderBy(each => each.Key).Select(each => each.Value)] : [];

    /// <summary>Reads all images of a small data set into memory, in the order of the list.</summary>
    /// <param name="files">The images.</param>
    /// <param name="fit">How images get one size; a random crop would be the same in every epoch.</param>
    /// <param name="broken">What happens when a file cannot be read.</param>
    /// <returns>The data set on the CPU; the caller disposes it.</returns>
    /// <exception cref="ImageException">A file is broken, or all are.</exception>
    public static ImageDataset ReadAll(LabeledFiles files, IImageFit fit, BrokenSamples broken = BrokenSamples.Throw)
    {
        const int AtOnce = 256;
        using var scope = NewDisposeScope();
        var (images, labels) = (new List<Tensor>(), new List<Tensor>());
        var loader = new ImageLoader(files, fit, new() { BatchSize = AtOnce, Shuffle = false, Broken = broken });
        foreach (var batch in loader.Epoch(0))
        {
            images.Add(batch.Images.alias());
            labels.Add(batch.Labels.alias());
        }
        if (images.Count == 0)
            throw loader.Skipped[0];
        return new ImageDataset(cat(images), cat(labels), files.ClassNames);
    }

    ITrainingData<Tensor> ITrainingData<Tensor>.Part(BatchPart part)
    {
        var shared = BatchOptions.Checked((LoaderOptions)Options);
        shared.Part = part;
        return new ImageLoader(this, shared)
        {
            Device = Device,
            Decoder = Decoder,
            Augmentations = Augmentations,
            Normalization = Normalization,
            LabelSmoothing = LabelSmoothing,
            Mixing = Mixing,
        };
    }

    // Mixing mixes each image with one that may be of another part.
    private BatchPart Loaded => Mixing is null ? Options.Part : default;

    private protected override string Identity => samples.Value;

    private protected override string Fit => $"{SettingsText.Of(fit)}, {SettingsText.Of(Decoder)}";

    private protected override IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation)
    {
        foreach (var raw in loader.Value.Epoch(epoch, firstBatch, cancellation))
        {
            using var batch = Options.Part.Count > 1
                ? FinishPart(raw, epoch)
                : Finish(raw.Images, raw.Labels, epoch, raw.Number, raw.Samples);
            if (batch.Samples.Count > 0)
                yield return batch;
        }
    }

    // What is random is drawn for the whole batch, so that a part changes as it does within the whole: the other images are black.
    private ImageBatch FinishPart(ImageBatch raw, int epoch)
    {
        using var scope = NewDisposeScope();
        var loaded = (int)raw.Images.size(0);
        var (first, count) = Mixing is null ? (0, loaded) : Options.Part.Of(loaded);
        var (images, labels) = (raw.Images, raw.Labels);
        if (Mixing is null && Augmentations.Count > 0)
        {
            var size = Math.Min(Options.BatchSize, Count - raw.Number * Options.BatchSize);
            first = Options.Part.Of(size).First;
            images = zeros([size, .. raw.Images.shape[1..]], raw.Images.dtype, raw.Images.device);
            labels = zeros([size], ScalarType.Int64, raw.Labels.device);
            images.narrow(0, first, count).copy_(raw.Images);
            labels.narrow(0, first, count).copy_(raw.Labels);
        }

        using var whole = Finish(images, labels, epoch, raw.Number, raw.Samples);
        int[] mine = Mixing is null ? [.. raw.Samples] : [.. raw.Samples.Skip(first).Take(count)];
        return new ImageBatch(
            whole.Images.narrow(0, first, count).DetachFromDisposeScope(), whole.Labels.narrow(0, first, count).DetachFromDisposeScope(),
            mine) { Number = raw.Number };
    }
}
