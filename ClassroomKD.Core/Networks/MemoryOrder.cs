using static TorchSharp.torch;

namespace ClassroomKD.Networks;

/// <summary>Where the channels of <c>[B, C, H, W]</c> lie in memory. TorchSharp has no memory formats; strides do the same.</summary>
public static class MemoryOrder
{
    /// <summary>The same values and sizes with the channels innermost: on the CPU convolutions are faster on it, and keep it.</summary>
    /// <param name="x"><c>[B, C, H, W]</c>; not disposed.</param>
    /// <returns>A tensor of the same shape, type and device, in the caller's dispose scope; a copy unless the order is so already.</returns>
    /// <exception cref="ArgumentException"><paramref name="x"/> has not four dimensions.</exception>
    public static Tensor ChannelsLast(Tensor x)
    {
        ArgumentNullException.ThrowIfNull(x);
        if (x.dim() != 4)
            throw new ArgumentException($"Expected [B, C, H, W], found [{string.Join(", ", x.shape)}].", nameof(x));
        using var scope = NewDisposeScope();
        return x.permute(0, 2, 3, 1).contiguous().permute(0, 3, 1, 2).MoveToOuterDisposeScope();
    }
}
