using ClassroomKD.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Draws mini-batches from image files: threads decode ahead of the training, and a batch is augmented on its device when it is drawn.</summary>
/// <remarks>The number of threads changes the speed, never a batch. Leaving the loop leaves no thread and no tensor behind.</remarks>
public sealed class ImageLoader : ImageBatches
{
    private readonly LabeledFiles files;
    private readonly IImageFit fit;
    private readonly Lazy<PrefetchingLoader<ImageFileSource.Sample, ImageBatch>> loader;

    /// <summary>Prepares the loader; no file is opened yet.</summary>
    /// <param name="files">The images.</param>
    /// <param name="fit">How they get one size: <see cref="RandomResizedCrop"/> to train, <see cref="CenterFit"/> to evaluate.</param>
    /// <param name="options">The size and order of the batches, and how they are loaded.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public ImageLoader(LabeledFiles files, IImageFit fit, LoaderOptions options)
        : base(Required(files).Count, files.ClassNames, options)
    {
        ArgumentNullException.ThrowIfNull(fit);
        (this.files, this.fit) = (files, fit);
        loader = new(MakeLoader);
    }

    /// <summary>Where batches shall be.</summary>
    /// <value>Default: the CPU.</value>
    public Device Device { get; init; } = CPU;

    /// <summary>How files are decoded.</summary>
    /// <value>Default: in full, orientation ignored.</value>
    public ImageDecoder Decoder { get; init; } = ImageDecoder.Default;

    /// <summary>The files left out so far and why, in the order of the data set; empty unless <see cref="LoaderOptions.Broken"/> says to skip.</summary>
    public IReadOnlyList<ImageException> Skipped =>
        loader.IsValueCreated ? [.. loader.Value.Skipped.OrderBy(each => each.Key).Select(each => each.Value)] : [];

    /// <summary>Reads all images into memory, in the order of the list, for a data set small enough to stay there.</summary>
    /// <param name="files">The images.</param>
    /// <param name="fit">How they get one size; nothing random, or every epoch will see the same crop.</param>
    /// <param name="broken">What to do about files that cannot be read.</param>
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

    private protected override IEnumerable<ImageBatch> Draw(int epoch, int firstBatch, CancellationToken cancellation)
    {
        foreach (var raw in loader.Value.Epoch(epoch, firstBatch, cancellation))
        {
            using var batch = Finish(raw.Images, raw.Labels, epoch, raw.Number);
            yield return batch;
        }
    }

    private PrefetchingLoader<ImageFileSource.Sample, ImageBatch> MakeLoader() =>
        new(new ImageFileSource(files, fit, Decoder, Device), (LoaderOptions)Options);

    private static LabeledFiles Required(LabeledFiles files)
    {
        ArgumentNullException.ThrowIfNull(files);
        return files;
    }
}
