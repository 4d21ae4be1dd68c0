using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Hides a random rectangle of some images.</summary>
/// <remarks>
/// Zhong, Zheng, Kang, Li and Yang, "Random Erasing Data Augmentation", AAAI 2020, arXiv 1708.04896: with a given probability, a rectangle
/// of <see cref="MinimumArea"/> to <see cref="MaximumArea"/> of an image, with sides in a ratio of 0.3 to 1 / 0.3 (log-uniform, as in
/// torchvision), is filled with one value. A rectangle that does not fit is drawn again, up to ten times; then the image stays unchanged.
/// </remarks>
public sealed class RandomErasing : IBatchAugmentation
{
    private const int Tries = 10;
    private const double WidestRatio = 1 / 0.3;

    /// <summary>Creates the augmentation.</summary>
    /// <param name="probability">The probability that an image loses a rectangle, 0 to 1.</param>
    /// <param name="minimumArea">The smallest share of the area, above 0.</param>
    /// <param name="maximumArea">The largest share of the area, at most 1.</param>
    /// <param name="fill">The value of all channels in the rectangle.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    public RandomErasing(double probability = 0.5, double minimumArea = 0.02, double maximumArea = 0.4, byte fill = 127)
    {
        if (!(probability is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(probability), probability, "Expected a probability.");
        if (!(minimumArea > 0 && minimumArea <= maximumArea))
            throw new ArgumentOutOfRangeException(nameof(minimumArea), minimumArea, "Expected a share above 0 and not above the greatest.");
        if (!(maximumArea <= 1))
            throw new ArgumentOutOfRangeException(nameof(maximumArea), maximumArea, "Expected a share of at most 1.");
        (Probability, MinimumArea, MaximumArea, Fill) = (probability, minimumArea, maximumArea, fill);
    }

    /// <summary>The probability that an image loses a rectangle.</summary>
    public double Probability { get; }

    /// <summary>The smallest share of the area.</summary>
    public double MinimumArea { get; }

    /// <summary>The largest share of the area.</summary>
    public double MaximumArea { get; }

    /// <summary>The value of all channels in the rectangle.</summary>
    public byte Fill { get; }

    /// <inheritdoc/>
    public Tensor Apply(Tensor images, long seed)
    {
        RawImages.Require(images);
        using var scope = NewDisposeScope();
        var (batch, height, width) = (images.size(0), (int)images.size(2), (int)images.size(3));
        // Whether a row, or a column, lies within the rectangle of its image.
        var (rows, columns) = (new float[batch * height], new float[batch * width]);
        var random = SplitMix64.Of(seed);
        for (var sample = 0; sample < batch; sample++)
        {
            if (random.Unit() >= Probability || Draw(ref random, height, width) is not { } box)
                continue;
            rows.AsSpan(sample * height + box.Y, box.Height).Fill(1);
            columns.AsSpan(sample * width + box.X, box.Width).Fill(1);
        }
        var hidden = HostTensor.Of(rows, [batch, 1, height, 1], images.device) * HostTensor.Of(
            columns, [batch, 1, 1, width], images.device);
        return images.masked_fill(hidden.to(ScalarType.Bool), Scalars.Of(Fill)).MoveToOuterDisposeScope();
    }

    private ImageBox? Draw(ref SplitMix64 random, int height, int width)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var area = random.Between(MinimumArea, MaximumArea) * height * width;
            var ratio = Math.Exp(random.Between(-Math.Log(WidestRatio), Math.Log(WidestRatio)));
            var (rows, columns) = ((int)Math.Round(Math.Sqrt(area * ratio)), (int)Math.Round(Math.Sqrt(area / ratio)));
            if (rows > 0 && columns > 0 && rows < height && columns < width)
                return new ImageBox(random.Below(width - columns + 1), random.Below(height - rows + 1), columns, rows);
        }
        return null;
    }
}
