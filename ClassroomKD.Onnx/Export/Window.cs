using TorchSharp.Modules;

namespace ClassroomKD.Onnx;

/// <summary>A layer's window on the plane; each array is for rows and columns.</summary>
internal readonly record struct Window(long[] Kernel, long[] Stride, long[] Padding, long[] Dilation, bool Ceil)
{
    public static Window Of(Convolution layer) =>
        new(Pair(layer.kernel_size), Pair(layer.stride), Pair(layer.padding ?? [0]), Pair(layer.dilation), false);

    public static Window Of(MaxPool2d pool) => new(
        Pair(pool.kernel_size), Pair(pool.stride ?? pool.kernel_size), Pair(pool.padding ?? [0]), Pair(pool.dilation ?? [1]),
        pool.ceil_mode);

    public static Window Of(AvgPool2d pool) =>
        new(Pair(pool.kernel_size), Pair(pool.stride ?? pool.kernel_size), Pair(pool.padding ?? [0]), [1, 1], pool.ceil_mode);

    public static long[] Pair(long[] numbers) => numbers.Length == 1 ? [numbers[0], numbers[0]] : numbers;

    /// <summary>The number of steps of the window along rows or columns, by PyTorch's rule.</summary>
    public long Steps(long size, int axis)
    {
        var room = size + 2 * Padding[axis] - Reach(axis);
        var steps = (Ceil ? room + Stride[axis] - 1 : room) / Stride[axis] + 1;
        // No window begins behind the plane and its first padding.
        return Ceil && (steps - 1) * Stride[axis] >= size + Padding[axis] ? steps - 1 : steps;
    }

    /// <summary>How far the last window reaches beyond the padding when steps are rounded up.</summary>
    public long Beyond(long size, int axis) =>
        Math.Max(0, (Steps(size, axis) - 1) * Stride[axis] + Reach(axis) - size - 2 * Padding[axis]);

    private long Reach(int axis) => Dilation[axis] * (Kernel[axis] - 1) + 1;
}
