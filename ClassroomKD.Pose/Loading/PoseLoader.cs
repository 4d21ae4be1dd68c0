using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Loads persons in batches, on several threads ahead of the training.</summary>
/// <remarks>
/// Workers decode an image, draw its augmentation and cut out the pixels that its warp reads. The cuts of a batch, padded with black to the
/// largest, are sent to the device as bytes, and one affine grid sampling makes the images there. Everything random is a function of seed,
/// epoch and sample, whatever the number of workers. Pixels outside the image are black, as in HRNet.
/// </remarks>
public sealed class PoseLoader : ITrainingData<PoseTarget>
{
    private readonly PrefetchingLoader<PersonCut, PoseBatch> loader;
    private readonly PoseLoaderOptions options;
    private readonly Lazy<string> samples;

    /// <summary>Prepares a loader; nothing is read and no thread started.</summary>
    /// <param name="data">The persons.</param>
    /// <param name="options">How persons become batches.</param>
    /// <exception cref="ArgumentException">
    /// An option is out of range, which the message names; or persons are to be mirrored whose left and right joints are not known.
    /// </exception>
    public PoseLoader(PersonDataset data, PoseLoaderOptions options)
    {
        ArgumentNullException.ThrowIfNull(data);
        this.options = options = BatchOptions.Checked(options);
        if (options.Augmentation is { MirrorProbability: > 0 })
            data.Joints.RequireSides(nameof(PoseAugmentation.MirrorProbability));
        Data = data;
        samples = new(() => Sha256.OfLines(Lines(data)));
        loader = new PrefetchingLoader<PersonCut, PoseBatch>(new PersonSource(data, options), options);
    }

    // A part of the whole's batches, which lists what it leaves out in the whole too.
    private PoseLoader(PoseLoader whole, PoseLoaderOptions options) =>
        (Data, samples, this.options, loader) = (whole.Data, whole.samples, options, whole.loader.Part(options.Part));

    /// <summary>The persons.</summary>
    public PersonDataset Data { get; }

    /// <summary>The number of batches of an epoch.</summary>
    public int BatchesPerEpoch => loader.BatchesPerEpoch;

    IReadOnlyDictionary<string, string> ITrainingData<PoseTarget>.Fingerprint
    {
        get
        {
            var entries = DataFingerprint.Of(options, samples.Value);
            entries.Add("input", $"{options.InputWidth}x{options.InputHeight}");
            var (padding, detail) = (SettingsText.Of(options.Padding), SettingsText.Of(options.Detail));
            entries.Add("crop", $"{(options.Udp ? "UDP" : "MSRA")}, {padding}, {detail}");
            entries.Add("augmentations", SettingsText.Of(options.Augmentation));
            entries.Add("normalization", SettingsText.Of(options.Normalization));
            return entries;
        }
    }

    /// <summary>The samples left out so far because of broken images, with the reasons, which name file and annotation.</summary>
    public IReadOnlyDictionary<int, ImageException> Skipped => loader.Skipped;

    /// <summary>The batches of one epoch, for <c>foreach</c>.</summary>
    /// <param name="epoch">The epoch's number, from 0.</param>
    /// <param name="firstBatch">The first batch, from 0.</param>
    /// <param name="cancellation">Ends the epoch with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>The batches. Each is disposed when the next is drawn or the loop is left.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The epoch is negative, or there is no such batch.</exception>
    /// <exception cref="ImageException">While enumerating: an image is broken, and the options say to throw.</exception>
    public IEnumerable<PoseBatch> Epoch(int epoch, int firstBatch = 0, CancellationToken cancellation = default) =>
        loader.Epoch(epoch, firstBatch, cancellation);

    IEnumerable<TrainingBatch<PoseTarget>> ITrainingData<PoseTarget>.Epoch(int epoch, int firstBatch, CancellationToken cancellation) =>
        Epoch(epoch, firstBatch, cancellation).Select(batch => new TrainingBatch<PoseTarget>
        {
            Input = batch.Images, Targets = batch.Target, Number = batch.Number, Samples = batch.Persons,
        });

    ITrainingData<PoseTarget> ITrainingData<PoseTarget>.Part(BatchPart part) => Part(part);

    /// <summary>A loader of a part of every batch.</summary>
    internal PoseLoader Part(BatchPart part)
    {
        var shared = BatchOptions.Checked(options);
        shared.Part = part;
        return new PoseLoader(this, shared);
    }

    private static IEnumerable<string> Lines(PersonDataset data) =>
        DataFingerprint.RelativeNames([.. data.Persons.Select(person => person.File)]).Zip(data.Persons, (file, person) =>
            $"{person.Id} {file} {SettingsText.Of(person.Box)} {SettingsText.Of(person.Area)} "
                + $"{SettingsText.Of(person.Keypoints)}")
            .Prepend(SettingsText.Of(data.Joints.Names));
}
