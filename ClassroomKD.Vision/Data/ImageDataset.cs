using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Labelled images, all of them resident on one device.</summary>
/// <remarks>It owns its tensors and releases them when disposed. Reading it from several threads is safe, moving it is not.</remarks>
public sealed class ImageDataset : IDisposable
{
    /// <summary>Takes over images and labels.</summary>
    /// <param name="images">uint8 <c>[N, C, H, W]</c>, N at least 1; owned by the data set from here on.</param>
    /// <param name="labels">int64 <c>[N]</c>, each an index into <paramref name="classNames"/>; owned by the data set from here on.</param>
    /// <param name="classNames">The name of each class.</param>
    /// <exception cref="ArgumentException">A shape, type, device or label is not as stated. The tensors then stay the caller's.</exception>
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
    }

    /// <summary>The images, uint8 <c>[N, C, H, W]</c>; not to be disposed.</summary>
    public Tensor Images { get; private set; }

    /// <summary>The labels, int64 <c>[N]</c>; not to be disposed.</summary>
    public Tensor Labels { get; private set; }

    /// <summary>The name of each class; labels index into it.</summary>
    public IReadOnlyList<string> ClassNames { get; }

    /// <summary>The number of images N.</summary>
    public int Count { get; }

    /// <summary>Moves images and labels to a device, once and for all batches.</summary>
    /// <param name="device">Where to.</param>
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

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }

    private static string Described(Tensor tensor) => $"{tensor.dtype} [{string.Join(", ", tensor.shape)}]";
}
