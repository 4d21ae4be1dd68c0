namespace ClassroomKD.Networks;

/// <summary>The order of the channels of <c>[B, C, H, W]</c> in memory, set by strides: TorchSharp has no memory formats.</summary>
public static class MemoryOrder
{
    /// <summary>The same values with the channels innermost. On the CPU convolutions are faster in this order, and keep it.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>; not disposed.</param>
    /// <returns>A tensor of the same shape in the caller's dispose scope; a copy unless the channels are innermost already.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> does not have four dimensions.</exception>
    public static Tensor ChannelsLast(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 4)
            throw new ArgumentException($"Expected [B, C, H, W], found [{string.Join(", ", x.shape)}].", nameof(x));
        using var scope = NewDisposeScope();
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
