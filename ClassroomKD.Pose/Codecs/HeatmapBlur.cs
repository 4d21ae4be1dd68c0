namespace ClassroomKD.Pose;

/// <summary>The Gaussian blur that DARK and UDP decoding start with, equal to OpenCV's.</summary>
internal static class HeatmapBlur
{
    /// <summary>OpenCV's kernel for a size: fixed tables up to 7, a spread of .3((size - 1)/2 - 1) + .8 above.</summary>
    public static double[] Kernel(int size)
    {
        double[]? table = size switch
        {
            1 => [1],
            3 => [.25, .5, .25],
            5 => [.0625, .25, .375, .25, .0625],
            7 => [.03125, .109375, .21875, .28125, .21875, .109375, .03125],
            _ => null,
        };
        if (table is not null)
            return table;
        var sigma = .3 * ((size - 1) * .5 - 1) + .8;
        var middle = (size - 1) / 2;
        var values = Enumerable.Range(0, size).Select(i => Math.Exp(-.5 * (i - middle) * (i - middle) / (sigma * sigma))).ToArray();
        var sum = values.Sum();
        return [.. values.Select(value => value / sum)];
    }

    /// <summary>Blurs with zeros around the map and scales each joint's maximum back to what it was.</summary>
    public static Tensor Apply(Tensor heatmaps, int size)
    {
        if (size < 1 || size % 2 == 0)
            throw new ArgumentException($"Expected an odd kernel size, found {size}.", nameof(size));
        var maps = heatmaps.flatten(0, 1).unsqueeze(1);
        var kernel = tensor(Kernel(size)).to(heatmaps.dtype, heatmaps.device);
        var half = size / 2;
        var rows = nn.functional.conv2d(maps, kernel.reshape(1, 1, 1, size), padding: [0, half]);
        var blurred = nn.functional.conv2d(rows, kernel.reshape(1, 1, size, 1), padding: [half, 0]).reshape(heatmaps.shape);
        return blurred * (heatmaps.amax([2, 3], true) / blurred.amax([2, 3], true));
    }
}
