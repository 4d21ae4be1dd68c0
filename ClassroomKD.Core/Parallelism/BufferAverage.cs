namespace ClassroomKD;

/// <summary>Buffers, such as the running statistics of batch normalization, made the mean of those of all processes.</summary>
internal static class BufferAverage
{
    /// <summary>Replaces those of floating point, in one call for each type; others, such as counts of batches, become rank 0's.</summary>
    public static void Take(IReadOnlyList<Tensor> buffers, IDataParallel parallel)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        foreach (var other in buffers.Where(buffer => !buffer.is_floating_point()))
            parallel.Broadcast(other);
        foreach (var alike in buffers.Where(buffer => buffer.is_floating_point()).GroupBy(buffer => buffer.dtype))
        {
            var flat = cat([.. alike.Select(buffer => buffer.flatten())]);
            parallel.Sum(flat);
            flat.div_(Scalars.Of(parallel.Size));
            var at = 0L;
            foreach (var buffer in alike)
            {
                buffer.copy_(flat.narrow(0, at, buffer.numel()).view(buffer.shape));
                at += buffer.numel();
            }
        }
    }
}
