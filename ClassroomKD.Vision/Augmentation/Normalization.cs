using System.Runtime.InteropServices;
using ClassroomKD.Imaging;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>Channel-wise normalisation: <c>(x / 255 - mean) / std</c>.</summary>
/// <remarks>Immutable, holds no tensors, works on whichever device the images are.</remarks>
public sealed class Normalization
{
    private const int ImagesAtOnce = 1024;
    private static readonly long[] AllButChannels = [0, 2, 3];
    private readonly float[] means;
    private readonly float[] deviations;

    /// <summary>Normalises by the given figures.</summary>
    /// <param name="mean">The mean of each channel, on a scale of 0 to 1.</param>
    /// <param name="standardDeviation">The standard deviation of each channel, on a scale of 0 to 1, above 0.</param>
    /// <exception cref="ArgumentException">The lists are empty or differ in length, or a figure is not finite or a deviation not
    /// positive.</exception>
    public Normalization(ReadOnlySpan<float> mean, ReadOnlySpan<float> standardDeviation)
    {
        if (mean.Length == 0 || mean.Length != standardDeviation.Length)
            throw new ArgumentException(
                $"Expected a mean and a standard deviation for each channel, found {mean.Length} and {standardDeviation.Length}.",
                nameof(mean));
        foreach (var value in mean)
            if (!float.IsFinite(value))
                throw new ArgumentException($"Expected finite means, found {value}.", nameof(mean));
        foreach (var value in standardDeviation)
            if (!float.IsFinite(value) || value <= 0)
                throw new ArgumentException($"Expected positive standard deviations, found {value}.", nameof(standardDeviation));
        means = mean.ToArray();
        deviations = standardDeviation.ToArray();
    }

    /// <summary>The figures of the CIFAR-10 training set.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>The figures of the CIFAR-100 training set, as the CRD benchmark rounds them.</summary>
    public static Normalization Cifar100 { get; } = new([0.5071f, 0.4867f, 0.4408f], [0.2675f, 0.2565f, 0.2761f]);

    /// <summary>The mean of each channel, on a scale of 0 to 1.</summary>
    public IReadOnlyList<float> Mean => means;

    /// <summary>The standard deviation of each channel, on a scale of 0 to 1.</summary>
    public IReadOnlyList<float> StandardDeviation => deviations;

    /// <summary>Measures a data set: mean and standard deviation (with n) over all pixels of each channel, computed in float64.</summary>
    /// <param name="data">The training images.</param>
    /// <exception cref="ArgumentException">A channel has the same value everywhere.</exception>
    public static Normalization Of(ImageDataset data)
    {
        ArgumentNullException.ThrowIfNull(data);
        var channels = data.Images.size(1);
        var (sums, squares) = (new double[channels], new double[channels]);
        for (long start = 0; start < data.Count; start += ImagesAtOnce)
        {
            using var scope = NewDisposeScope();
            var images = data.Images.narrow(0, start, Math.Min(ImagesAtOnce, data.Count - start)).to(ScalarType.Float64);
            Accumulate(sums, images.sum(AllButChannels));
            Accumulate(squares, images.mul(images).sum(AllButChannels));
        }
        var pixels = (double)data.Count * data.Images.size(2) * data.Images.size(3);
        var mean = Array.ConvertAll(sums, sum => (float)(sum / pixels / 255));
        var deviation = new float[channels];
        for (var c = 0; c < channels; c++)
            deviation[c] = (float)(Math.Sqrt(squares[c] / pixels - sums[c] / pixels * (sums[c] / pixels)) / 255);
        return new Normalization(mean, deviation);
    }

    /// <summary>Normalises raw images.</summary>
    /// <param name="images">uint8 <c>[B, C, H, W]</c> with as many channels as there are figures; not disposed.</param>
    /// <returns>float32 <c>[B, C, H, W]</c> on the same device, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images are not uint8 or have another number of channels.</exception>
    public Tensor Apply(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dtype != ScalarType.Byte || images.dim() != 4 || images.size(1) != means.Length)
            throw new ArgumentException(
                $"Expected images uint8 [B, {means.Length}, H, W], found {images.dtype} [{string.Join(", ", images.shape)}].",
                nameof(images));
        using var scope = NewDisposeScope();
        var scale = PerChannel(c => 1 / (255 * deviations[c]), images.device);
        var shift = PerChannel(c => means[c] / deviations[c], images.device);
        return images.to(ScalarType.Float32).mul_(scale).sub_(shift).MoveToOuterDisposeScope();
    }

    private Tensor PerChannel(Func<int, float> figure, Device device)
    {
        var figures = empty([1, means.Length, 1, 1], ScalarType.Float32, CPU);
        var values = MemoryMarshal.Cast<byte, float>(figures.bytes);
        for (var c = 0; c < values.Length; c++)
            values[c] = figure(c);
        return DeviceTransfer.Send(figures, device);
    }

    private static void Accumulate(double[] totals, Tensor perChannel)
    {
        using var host = perChannel.cpu();
        var values = MemoryMarshal.Cast<byte, double>(host.bytes);
        for (var c = 0; c < totals.Length; c++)
            totals[c] += values[c];
    }
}
