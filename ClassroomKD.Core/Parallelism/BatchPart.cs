namespace ClassroomKD;

/// <summary>The part of every batch that one of several processes takes.</summary>
public readonly record struct BatchPart
{
    /// <summary>A part.</summary>
    /// <param name="index">Which, from 0.</param>
    /// <param name="count">Of how many, at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such part.</exception>
    public BatchPart(int index, int count)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(index, count);
        (Index, Count) = (index, count);
    }

    /// <summary>Which part, from 0.</summary>
    public int Index { get; }

    /// <summary>Of how many; 0 only in <c>default</c>, which is the whole batch.</summary>
    public int Count { get; }

    /// <summary>The samples of a batch that belong to the part: neighbors, and the sizes of parts differ by at most 1.</summary>
    /// <param name="samples">The number of samples of the batch.</param>
    /// <returns>The first of them and their number, which may be 0.</returns>
    public (int First, int Count) Of(int samples)
    {
        if (Count <= 1)
            return (0, samples);
        var first = (int)((long)samples * Index / Count);
        return (first, (int)((long)samples * (Index + 1) / Count) - first);
    }
}
