using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Transforms each image of a batch by a matrix of its own.</summary>
internal static class AffineSampling
{
    /// <summary>Takes the nearest source pixel; black outside.</summary>
    /// <param name="images">uint8 <c>[B, C, H, W]</c>.</param>
    /// <param name="affines">The source of each image's pixels.</param>
    public static Tensor Nearest(Tensor images, ReadOnlySpan<PixelAffine> affines)
    {
        var (height, width) = ((int)images.size(2), (int)images.size(3));
        var thetas = new float[affines.Length * 6];
        for (var i = 0; i < affines.Length; i++)
            affines[i].CopyTo(thetas.AsSpan(i * 6, 6), width, height);
        var theta = HostTensor.Of(thetas, [affines.Length, 2, 3], images.device);
        var grid = nn.functional.affine_grid(theta, [images.size(0), images.size(1), height, width], align_corners: false);
        return nn.functional.grid_sample(
            images.to(ScalarType.Float32), grid, GridSampleMode.Nearest, GridSamplePaddingMode.Zeros,
            align_corners: false).to(ScalarType.Byte);
    }
}
