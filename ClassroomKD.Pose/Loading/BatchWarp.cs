using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Affine warps of a whole batch by one grid sampling, where the batch is.</summary>
internal static class BatchWarp
{
    /// <summary>Samples bilinearly; black outside.</summary>
    /// <param name="canvases">Unsigned bytes <c>[B, 3, H', W']</c>.</param>
    /// <param name="fromInput">For each image, the map from pixels of the result to those of its canvas.</param>
    /// <param name="width">The width of the result.</param>
    /// <param name="height">The height of the result.</param>
    /// <returns>float32 <c>[B, 3, height, width]</c>, 0 to 255, in the caller's dispose scope.</returns>
    public static Tensor Sample(Tensor canvases, IReadOnlyList<CropTransform> fromInput, int width, int height)
    {
        using var scope = NewDisposeScope();
        var (w, h) = ((double)canvases.size(3), (double)canvases.size(2));
        var theta = empty([fromInput.Count, 2, 3], ScalarType.Float32, CPU);
        var numbers = HostTensor.Values<float>(theta);
        for (var i = 0; i < fromInput.Count; i++)
        {
            var map = fromInput[i];
            Row(numbers[(6 * i)..], map.A, map.B, map.C, w);
            Row(numbers[(6 * i + 3)..], map.D, map.E, map.F, h);
        }
        long[] shape = [fromInput.Count, RgbImage.Planes, height, width];
        var grid = nn.functional.affine_grid(DeviceTransfer.Send(theta, canvases.device), shape, align_corners: false);
        var sampled = nn.functional.grid_sample(
            canvases.to(ScalarType.Float32), grid, GridSampleMode.Bilinear, GridSamplePaddingMode.Zeros, align_corners: false);
        return sampled.MoveToOuterDisposeScope();

        // libtorch's unit runs from -1 to 1 over the edges: pixel i of n has its center at (2 i + 1) / n - 1.
        void Row(Span<float> row, double perX, double perY, double offset, double size)
        {
            row[0] = (float)(perX * width / size);
            row[1] = (float)(perY * height / size);
            row[2] = (float)((perX * (width - 1) + perY * (height - 1) + 2 * offset + 1) / size - 1);
        }
    }
}
