namespace ClassroomKD.Pose;

/// <summary>How the pixels of a network's input and the cells of its heatmaps lie on each other.</summary>
/// <param name="InputWidth">The input's width in pixels, such as 192.</param>
/// <param name="InputHeight">The input's height in pixels, such as 256.</param>
/// <param name="Width">The heatmaps' width in cells, such as 48.</param>
/// <param name="Height">The heatmaps' height in cells, such as 64.</param>
public readonly record struct HeatmapGeometry(int InputWidth, int InputHeight, int Width, int Height)
{
    /// <summary>Pixels per cell in x: input / heatmap, the rule of MSRA (HRNet, SimpleBaseline) and DARK.</summary>
    public double StrideX => (double)InputWidth / Width;

    /// <summary>Pixels per cell in y by the same rule.</summary>
    public double StrideY => (double)InputHeight / Height;

    /// <summary>Pixels per cell in x by UDP's rule, which maps edges onto edges: (input - 1) / (heatmap - 1).</summary>
    public double UdpStrideX => (InputWidth - 1.0) / (Width - 1);

    /// <summary>Pixels per cell in y by UDP's rule.</summary>
    public double UdpStrideY => (InputHeight - 1.0) / (Height - 1);

    /// <summary>Converts positions from cells to input pixels.</summary>
    /// <remarks>
    /// The inverse of encoding. MMPose's UDP decoder multiplies by input / (heatmap - 1), which puts joints 1/(input - 1) too far out.
    /// </remarks>
    /// <param name="cells">x and y in cells <c>[..., 2]</c>.</param>
    /// <param name="udp">Whether the heatmaps follow UDP's rule. Default false.</param>
    /// <returns>x and y in pixels, same shape; the caller's dispose scope owns it.</returns>
    public Tensor ToInput(Tensor cells, bool udp = false)
    {
        ArgumentNullException.ThrowIfNull(cells);
        RequireValid();
        using var scope = NewDisposeScope();
        var x = cells.select(-1, 0).mul(Scalars.Of(udp ? UdpStrideX : StrideX));
        var y = cells.select(-1, 1).mul(Scalars.Of(udp ? UdpStrideY : StrideY));
        return stack([x, y], -1).MoveToOuterDisposeScope();
    }

    internal void RequireMaps(Tensor heatmaps)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        if (heatmaps.size(2) != Height || heatmaps.size(3) != Width)
            throw new ArgumentException($"Expected heatmaps of {Height} x {Width} cells, found {heatmaps.Describe()}.", nameof(heatmaps));
    }

    internal void RequireValid()
    {
        if (InputWidth < 2 || InputHeight < 2 || Width < 2 || Height < 2)
            throw new ArgumentException(
                $"Expected an input and heatmaps of at least 2x2, found {InputWidth}x{InputHeight} and {Width}x{Height}.");
    }
}
