using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Labeled images in the memory of one device.</summary>
/// <remarks>It owns its tensors and releases them when disposed. Several threads may read it, but not move it.</remarks>
public sealed class ImageDataset : IDisposable
{
    private const int ImagesAtOnce = 1024;
    private static readonly long[] AllButChannels = [0, 2, 3];
    private readonly Lazy<string> digest;

    /// <summary>Takes ownership of images and labels.</summary>
    /// <param name="images">uint8 <c>[N, C, H, W]</c>, N at least 1; the data set owns it.</param>
    /// <param name="labels">int64 <c>[N]</c>, each an index into <paramref name="classNames"/>; the data set owns it.</param>
    /// <param name="classNames">The name of each class.</param>
    /// <exception cref="ArgumentException">A shape, type, device or label is wrong. The tensors then stay the caller's.</exception>
    public ImageDataset(Tensor images, Tensor labels, IReadOnlyList<string> classNames)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(labels);
        ArgumentNullException.ThrowIfNull(classNames);
        if (images.dtype != ScalarType.Byte || images.dim() != 4 || images.size(0) == 0)
            throw new ArgumentException($"Expected images uint8 [N, C, H, W] with N > 0, found {Described(images)}.", nameof(images));
        if (labels.dtype != ScalarType.Int64 || labels.dim() != 1 || labels.size(0) != images.size(0))
            throw new ArgumentException($"Expected labels int64 [{images.size(0)}], found {Described(labels)}.", nameof(labels));
        if (labels.device_type != images.device_type || labels.device_index != images.device_index)
            throw new ArgumentException($"Labels are on {labels.device}, images on {images.device}.", nameof(labels));
        using (var lowest = labels.min())
        using (var highest = labels.max())
        {
            if (lowest.item<long>() < 0 || highest.item<long>() >= classNames.Count)
                throw new ArgumentException(
                    $"Expected labels 0..{classNames.Count - 1}, found {lowest.item<long>()}..{highest.item<long>()}.", nameof(labels));
        }
        Images = images.DetachFromDisposeScope();
        Labels = labels.DetachFromDisposeScope();
        ClassNames = [.. classNames];
        Count = checked((int)images.size(0));
        digest = new(() => Sha256.OfTensors(
            new Dictionary<string, Tensor> { [nameof(Images)] = Images, [nameof(Labels)] = Labels }, string.Join('\n', ClassNames)));
    }

    /// <summary>The images, uint8 <c>[N, C, H, W]</c>; do not dispose it.</summary>
    public Tensor Images { get; private set; }

    /// <summary>The labels, int64 <c>[N]</c>; do not dispose it.</summary>
    public Tensor Labels { get; private set; }

    /// <summary>The name of each class; labels index into it.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of images N.</summary>
    public int Count { get; }

    /// <summary>The SHA-256 of images, labels and class names, in hexadecimal; computed when first asked for.</summary>
    internal string Digest => digest.Value;

    /// <summary>One image, to look at. Waits for the device.</summary>
    /// <param name="index">Its number, from 0.</param>
    /// <returns>The image, a gray one with equal colors; the caller disposes it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no such image.</exception>
    /// <exception cref="NotSupportedException">The images have other than 1 or 3 channels.</exception>
    public RgbImage ReadImage(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, Count);
        if (Images.size(1) is not (1 or RgbImage.Planes))
            throw new NotSupportedException($"Images of 1 or 3 channels can be looked at, these have {Images.size(1)}.");
        using var scope = NewDisposeScope();
        using var planes = Images[index].expand(RgbImage.Planes, -1, -1).permute(1, 2, 0).contiguous().cpu();
        var image = new RgbImage((int)planes.size(1), (int)planes.size(0));
        var from = HostTensor.Values<byte>(planes);
        var to = image.Pixels;
        for (var pixel = 0; pixel < from.Length / RgbImage.Planes; pixel++)
        {
            from.Slice(pixel * RgbImage.Planes, RgbImage.Planes).CopyTo(to[(pixel * RgbImage.BytesPerPixel)..]);
            to[pixel * RgbImage.BytesPerPixel + RgbImage.Planes] = byte.MaxValue;
        }

        return image;
    }

    /// <summary>Moves images and labels to a device.</summary>
    /// <param name="device">The device.</param>
    /// <returns>This data set.</returns>
    public ImageDataset MoveTo(Device device)
    {
        ArgumentNullException.ThrowIfNull(device);
        var (images, labels) = (Images.to(device), Labels.to(device));
        if (!ReferenceEquals(images, Images))
            Images.Dispose();
        if (!ReferenceEquals(labels, Labels))
            Labels.Dispose();
        Images = images.DetachFromDisposeScope();
        Labels = labels.DetachFromDisposeScope();
        return this;
    }

    /// <summary>Copies the first images.</summary>
    /// <param name="count">How many, 1 to <see cref="Count"/>. Where classes come one after the other, later ones are missing.</param>
    /// <returns>A data set on the same device with the same classes; the caller disposes both.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There are not that many images.</exception>
    public ImageDataset Take(int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, Count);
        using var scope = NewDisposeScope();
        return new ImageDataset(Images.narrow(0, 0, count).clone(), Labels.narrow(0, 0, count).clone(), ClassNames);
    }

    /// <summary>Copies the images into two data sets at random, to keep some for validation.</summary>
    /// <param name="share">The share of images in the first, above 0 and below 1.</param>
    /// <param name="seed">The seed of the choice, which is the same on every system.</param>
    /// <returns>Two data sets on the same device with the same classes, each in this one's order; the caller disposes all three.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A data set would have no image.</exception>
    public (ImageDataset First, ImageDataset Second) Split(double share, long seed = 0)
    {
        var (first, second) = RandomParts.Of(Count, share, seed);
        return (Part(first), Part(second));
    }

    /// <summary>Measures the mean and standard deviation (with n) of each channel over all pixels, in float64.</summary>
    /// <exception cref="ArgumentException">A channel has the same value everywhere.</exception>
    public Normalization MeasureNormalization()
    {
        var channels = Images.size(1);
        var (sums, squares) = (new double[channels], new double[channels]);
        for (long start = 0; start < Count; start += ImagesAtOnce)
        {
            using var scope = NewDisposeScope();
            var images = Images.narrow(0, start, Math.Min(ImagesAtOnce, Count - start)).to(ScalarType.Float64);
            Accumulate(sums, images.sum(AllButChannels));
            Accumulate(squares, images.mul(images).sum(AllButChannels));
        }
        var pixels = (double)Count * Images.size(2) * Images.size(3);
        var mean = Array.ConvertAll(sums, sum => (float)(sum / pixels / 255));
        var deviation = new float[channels];
        for (var c = 0; c < channels; c++)
            deviation[c] = (float)(Math.Sqrt(squares[c] / pixels - sums[c] / pixels * (sums[c] / pixels)) / 255);
        return new Normalization(mean, deviation);
    }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    private ImageDataset Part(long[] samples)
    {
        using var scope = NewDisposeScope();
        var chosen = HostTensor.Of(samples, [samples.Length], Images.device);
        return new ImageDataset(Images.index_select(0, chosen), Labels.index_select(0, chosen), ClassNames);
    }

    private static void Accumulate(double[] totals, Tensor perChannel)
    {
        using var host = perChannel.cpu();
        var values = HostTensor.Values<double>(host);
        for (var c = 0; c < totals.Length; c++)
            totals[c] += values[c];
    }

    private static string Described(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
