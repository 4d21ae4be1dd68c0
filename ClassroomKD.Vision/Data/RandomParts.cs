using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Divides the samples of a data set in two.</summary>
internal static class RandomParts
{
    /// <summary>The samples of each part, in ascending order.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The share is not above 0 and below 1, or a part would be empty.</exception>
    public static (long[] First, long[] Second) Of(int count, double share, long seed)
    {
        var size = share is > 0 and < 1 ? (int)Math.Round(share * count) : 0;
        if (size == 0 || size == count)
            throw new ArgumentOutOfRangeException(
                nameof(share), share, $"Expected a share of {count} samples above 0 and below 1 that leaves each part a sample.");
        var order = new long[count];
        EpochOrder.Shuffle(order, seed, epoch: 0);
        var (first, second) = (order[..size], order[size..]);
        Array.Sort(first);
        Array.Sort(second);
        return (first, second);
    }
}
