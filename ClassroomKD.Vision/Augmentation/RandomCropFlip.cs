using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>
/// The augmentation of the CIFAR literature: pads each image on all sides, cuts out its old size at a random place, and mirrors it with
/// probability 1/2.
/// </summary>
/// <remarks>
/// It is torchvision's random crop with padding and random horizontal flip, on raw images before normalization: the padding is black (0),
/// which normalization turns into <c>-mean / std</c>. Offsets are uniform over <c>0..2 padding</c> in both directions. Pixels are gathered
/// for the whole batch at once on the images' device.
/// </remarks>
public sealed class RandomCropFlip : IBatchAugmentation
{
    private static readonly Scalar One = Scalars.OfInteger(1);

    /// <summary>Creates the augmentation.</summary>
    /// <param name="padding">Pixels added on each side before cutting, at least 0.</param>
    /// <param name="flip">Whether images are mirrored at random.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="padding"/> is negative.</exception>
    public RandomCropFlip(int padding = 4, bool flip = true)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(padding);
        (Padding, Flip) = (padding, flip);
    }

    /// <summary>Pixels added on each side before cutting.</summary>
    public int Padding { get; }

    /// <summary>Whether images are mirrored at random.</summary>
    public bool Flip { get; }

    /// <summary>Augments a batch.</summary>
    /// <param name="images"><c>[B, C, H, W]</c> of any type, not yet normalized; not disposed.</param>
    /// <param name="seed">The seed of all offsets and flips, which are the same on every device.</param>
    /// <returns>A new tensor of the same shape, type and device, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">The images do not have four dimensions.</exception>
    public Tensor Apply(Tensor images, long seed)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dim() != 4)
            throw new ArgumentException($"Expected images [B, C, H, W], found [{string.Join(", ", images.shape)}].", nameof(images));
        var (batch, channels, height, width) = (images.size(0), images.size(1), images.size(2), images.size(3));

        using var scope = NewDisposeScope();
        var (rowStarts, columns) = Draw((int)batch, (int)height, (int)width, seed);
        // The source of each pixel as a position in its padded plane: [B, H, 1] + [B, 1, W].
        var sources = DeviceTransfer.Send(rowStarts, images.device).unsqueeze(2).add(
            DeviceTransfer.Send(columns, images.device).unsqueeze(1), One);
        var planes = nn.functional.pad(images, (Padding, Padding, Padding, Padding)).reshape(batch, channels, -1);
        return planes.gather(2, sources.reshape(batch, 1, -1).expand(batch, channels, -1))
            .view(batch, channels, height, width).MoveToOuterDisposeScope();
    }

    /// <summary>Returns the start of the source of each row <c>[B, H]</c> and the source of each column <c>[B, W]</c>.</summary>
    private (Tensor RowStarts, Tensor Columns) Draw(int batch, int height, int width, long seed)
    {
        var rowStarts = empty([batch, height], ScalarType.Int64, CPU);
        var columns = empty([batch, width], ScalarType.Int64, CPU);
        var rows = HostTensor.Values<long>(rowStarts);
        var sources = HostTensor.Values<long>(columns);
        var random = SplitMix64.Of(seed);
        for (var sample = 0; sample < batch; sample++)
        {
            var (down, right) = (random.Below(2 * Padding + 1), random.Below(2 * Padding + 1));
            var mirrored = random.Below(2) == 1 && Flip;
            for (var y = 0; y < height; y++)
                rows[sample * height + y] = (long)(y + down) * (width + 2 * Padding);
            for (var x = 0; x < width; x++)
                sources[sample * width + x] = right + (mirrored ? width - 1 - x : x);
        }
        return (rowStarts, columns);
    }
}
