using System.Runtime.InteropServices;

namespace ClassroomKD.Onnx;

/// <summary>Makes batches into what the input of a file takes, or says what would.</summary>
internal sealed class OnnxInput(string file, OnnxPort port, ImageLayout layout)
{
    // Normalized values are within a few deviations of 0 and no whole numbers; raw ones of a whole batch are not.
    private const double LargestNormalized = 4;
    private const double RoundingError = 1.0 / 8;

    /// <summary>The number of samples of every batch, if the file fixes it.</summary>
    public long? BatchSize => port.Size(0) is > 0 and var size ? size : null;

    /// <summary>The batch in the file's layout and type, in the current dispose scope; its number of samples is not looked at.</summary>
    public Tensor Ready(Tensor batch)
    {
        var turned = layout == ImageLayout.ChannelsLast && batch.dim() > 2 ? batch.permute(ChannelsLast(batch.dim())) : batch;
        if (!port.TakesSample(turned.shape))
            throw new ArgumentException(
                $"{file}: input {port} was expected, but {batch.dtype} {Text(batch.shape)} came" +
                $"{(layout == ImageLayout.ChannelsLast ? ", which is turned channels last" : "")}.{Hint(batch.shape)}", nameof(batch));
        return InType(turned);
    }

    private static string Text(IEnumerable<long> numbers) => $"[{string.Join(", ", numbers)}]";

    private static long[] ChannelsLast(long rank) => [0, .. Enumerable.Range(2, (int)rank - 2).Select(dimension => (long)dimension), 1];

    private static IEnumerable<long[]> Orders(long[] dimensions) => dimensions.Length < 2
        ? [dimensions]
        : dimensions.SelectMany(first => Orders([.. dimensions.Where(other => other != first)]).Select(rest => (long[])[first, .. rest]));

    private string Hint(long[] shape)
    {
        if (shape.Length != port.Rank)
            return "";
        bool Fits(long[] order) => port.TakesSample([.. order.Select(dimension => shape[dimension])]);
        long[] asItIs = [.. Enumerable.Range(0, shape.Length).Select(dimension => (long)dimension)];
        if (layout == ImageLayout.ChannelsLast && Fits(asItIs))
            return $" It fits with OnnxModelOptions.Layout = {nameof(ImageLayout.ChannelsFirst)}.";
        if (layout == ImageLayout.ChannelsFirst && shape.Length > 2 && Fits(ChannelsLast(shape.Length)))
            return $" It fits with OnnxModelOptions.Layout = {nameof(ImageLayout.ChannelsLast)}.";
        if (Orders(asItIs[1..]).FirstOrDefault(order => Fits([0, .. order])) is { } found)
            return $" Its dimensions fit in the order {Text([0, .. found])}: give the mentor a function, x => model.call(x.permute(...)).";
        var (channels, rows, columns) = layout == ImageLayout.ChannelsLast ? (3, 1, 2) : (1, 2, 3);
        return shape.Length == 4 && port.Size(channels) is var wanted && (wanted < 0 || wanted == shape[1])
            && port.Size(rows) > 0 && port.Size(columns) > 0
            ? $" MentorOptions.Input with Size = ({port.Size(rows)}, {port.Size(columns)}) resizes it."
            : "";
    }

    private Tensor InType(Tensor batch)
    {
        if (batch.dtype == port.Type)
            return batch;
        var (floats, range) = (batch.is_floating_point(), port.Range);
        if (floats && port.IsFloatingPoint)
            return batch.to(port.Type);
        if (floats && range is { } limits)
            return Rounded(batch, limits);
        // Integers that hold all values of the batch's.
        if (!floats && batch.dtype != ScalarType.Bool && OnnxPort.RangeOf(batch.dtype) is { } own && range is { } wider
            && own.Lowest >= wider.Lowest && own.Highest <= wider.Highest)
            return batch.to(port.Type);
        throw new ArgumentException(
            $"{file}: input {port} was expected, but {batch.dtype} came." +
            (batch.dtype == ScalarType.Byte && port.IsFloatingPoint ? " Normalize the images first." : ""), nameof(batch));
    }

    private Tensor Rounded(Tensor batch, (double Lowest, double Highest) limits)
    {
        var rounded = batch.round();
        // A session on CUDA waits for the batch in any case.
        using var figures = stack([batch.min(), batch.max(), batch.sub(rounded).abs().max()]).to(ScalarType.Float64, CPU);
        var (lowest, highest, fraction) = Three(MemoryMarshal.Cast<byte, double>(figures.bytes));
        if (Math.Round(lowest) >= limits.Lowest && Math.Round(highest) <= limits.Highest
            && (Math.Max(-lowest, highest) > LargestNormalized || fraction <= RoundingError))
            return rounded.to(port.Type);
        throw new ArgumentException(
            $"{file}: input {port} was expected with values from {limits.Lowest} to {limits.Highest}, but {batch.dtype} from {lowest:G4} " +
            $"to {highest:G4} came. For normalized batches and a file that takes 0 to 255, state MentorOptions.Input with the student's " +
            "mean and deviation, and a MentorStandardDeviation of 1/255.", nameof(batch));
    }

    private static (double, double, double) Three(ReadOnlySpan<double> values) => (values[0], values[1], values[2]);
}
