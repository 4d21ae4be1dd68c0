namespace ClassroomKD.Imaging;

/// <summary>Normalization per channel: <c>(x / 255 - mean) / standard deviation</c>.</summary>
/// <remarks>Immutable. It holds no tensors and works on the device of the images.</remarks>
public sealed class Normalization
{
    private readonly float[] means;
    private readonly float[] deviations;

    /// <summary>A normalization by these values.</summary>
    /// <param name="mean">The mean of each channel, on a scale of 0 to 1.</param>
    /// <param name="standardDeviation">The standard deviation of each channel, on a scale of 0 to 1; above 0.</param>
    /// <exception cref="ArgumentException">The lists are empty or differ in length, or a value is out of range.</exception>
    public Normalization(IReadOnlyList<float> mean, IReadOnlyList<float> standardDeviation)
    {
        ArgumentNullException.ThrowIfNull(mean);
        ArgumentNullException.ThrowIfNull(standardDeviation);
        if (mean.Count == 0 || mean.Count != standardDeviation.Count)
            throw new ArgumentException(
                $"Expected a mean and a standard deviation for each channel, found {mean.Count} and {standardDeviation.Count}.",
                nameof(mean));
        foreach (var value in mean)
            if (!float.IsFinite(value))
                throw new ArgumentException($"Expected finite means, found {value}.", nameof(mean));
        foreach (var value in standardDeviation)
            if (!float.IsFinite(value) || value <= 0)
                throw new ArgumentException($"Expected positive standard deviations, found {value}.", nameof(standardDeviation));
        (means, deviations) = ([.. mean], [.. standardDeviation]);
    }

    /// <summary>The values of the CIFAR-10 training set.</summary>
    public static Normalization Cifar10 { get; } = new([0.4914f, 0.4822f, 0.4465f], [0.2470f, 0.2435f, 0.2616f]);

    /// <summary>The values of the CIFAR-100 training set, as the CRD benchmark rounds them.</summary>
    public static Normalization Cifar100 { get; } = new([0.5071f, 0.4867f, 0.4408f], [0.2675f, 0.2565f, 0.2761f]);

    /// <summary>The values of ImageNet's training set, which networks on photographs are usually trained with.</summary>
    public static Normalization ImageNet { get; } = new([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);

    /// <summary>The mean of each channel, on a scale of 0 to 1.</summary>
    public IReadOnlyList<float> Mean => means;

    /// <summary>The standard deviation of each channel, on a scale of 0 to 1.</summary>
    public IReadOnlyList<float> StandardDeviation => deviations;

    /// <summary>Normalizes raw images.</summary>
    /// <param name="images">uint8 <c>[B, C, H, W]</c> with as many channels as there are means; not disposed.</param>
    /// <returns>float32 <c>[B, C, H, W]</c> on the same device, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images are not uint8 or have another number of channels.</exception>
    public Tensor Apply(Tensor images)
    {
        Require(images, ScalarType.Byte);
        var values = images.to(ScalarType.Float32);
        ApplyInPlace(values);
        return values;
    }

    /// <summary>Normalizes images in place.</summary>
    /// <param name="images">float32 <c>[B, C, H, W]</c>, 0 to 255, with as many channels as there are means.</param>
    /// <exception cref="ArgumentException">The images are not float32 or have another number of channels.</exception>
    public void ApplyInPlace(Tensor images)
    {
        Require(images, ScalarType.Float32);
        using var scope = NewDisposeScope();
        images.mul_(PerChannel(c => 1 / (255 * deviations[c]), images.device)).sub_(
            PerChannel(c => means[c] / deviations[c], images.device));
    }

    private void Require(Tensor images, ScalarType type)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dtype != type || images.dim() != 4 || images.size(1) != means.Length)
            throw new ArgumentException(
                $"Expected images {(type == ScalarType.Byte ? "uint8" : "float32")} [B, {means.Length}, H, W], found {images.dtype} " +
                $"[{string.Join(", ", images.shape)}].", nameof(images));
    }

    private Tensor PerChannel(Func<int, float> value, Device device) =>
        HostTensor.Of([.. Enumerable.Range(0, means.Length).Select(value)], [1, means.Length, 1, 1], device);
}
