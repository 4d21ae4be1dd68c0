namespace ClassroomKD;

/// <summary>Notices that the number of live tensors grows with every step.</summary>
/// <remarks>
/// The least count of a span of steps is compared with that of the span before: data that is read ahead and the garbage collector let
/// single counts rise and fall.
/// </remarks>
/// <param name="span">How many steps a span has.</param>
internal sealed class TensorGrowth(int span)
{
    private const int Rises = 4;

    private int steps;
    private int rises;
    private long least = long.MaxValue;
    private long? before;
    private long first;

    /// <summary>Takes the count after a step.</summary>
    /// <returns>By how many tensors each step adds; null while this is not known.</returns>
    public double? Add(long count)
    {
        least = Math.Min(least, count);
        if (++steps % span != 0)
            return null;
        var grown = before is { } last && least - last >= span;
        if (!grown)
            (rises, first) = (0, least);
        else
            rises++;
        (before, least) = (least, long.MaxValue);
        return rises >= Rises ? (double)(before.Value - first) / (rises * span) : null;
    }
}
