namespace ClassroomKD;

/// <summary>Means over the samples of a batch, of which other processes may hold parts.</summary>
internal static class BatchMean
{
    /// <param name="values"><c>[1+M, B]</c>, 0 where they do not count.</param>
    /// <param name="counted">Boolean <c>[1+M, B]</c>.</param>
    /// <param name="parallel">Who holds the other parts; null: nobody.</param>
    /// <returns><c>[1+M, 1]</c></returns>
    public static Tensor Of(Tensor values, Tensor counted, IDataParallel? parallel)
    {
        var (sums, counts) = (values.sum(1, keepdim: true), counted.sum(1, keepdim: true));
        if (parallel is null)
            return sums.div(counts.clamp_min(Scalars.One));
        var both = stack([sums.to_type(ScalarType.Float64), counts.to_type(ScalarType.Float64)]);
        parallel.Sum(both);
        return both.select(0, 0).div(both.select(0, 1).clamp_min(Scalars.One)).to_type(values.dtype);
    }

    /// <summary>Takes part with no sample.</summary>
    public static void OfNothing(int answerers, IDataParallel parallel, Device device)
    {
        using var none = zeros([2, answerers, 1], ScalarType.Float64, device);
        parallel.Sum(none);
    }
}
