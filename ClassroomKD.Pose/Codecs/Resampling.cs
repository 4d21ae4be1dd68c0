namespace ClassroomKD.Pose;

/// <summary>Reads answers at the cells of another grid, or draws what they believe on it: linear, on the device, axis by axis.</summary>
internal static class Resampling
{
    /// <summary>Weights <c>[to, from]</c> of linear interpolation: new cell i lies at old cell i * ratio, or at the last.</summary>
    public static Tensor Linear(long from, long to, double ratio, Tensor like)
    {
        var at = Arithmetic.Index(to, like).mul(Scalars.Of(ratio)).clamp(Scalars.Zero, Scalars.Of(from - 1));
        return at.unsqueeze(1).sub(Arithmetic.Index(from, like)).abs().neg().add(Scalars.One, Scalars.One).clamp_min(Scalars.Zero);
    }

    /// <summary>
    /// Weights <c>[to, from]</c> that turn a belief over old cells into the expected Gaussian, of peak 1, on the new: what a network
    /// trained by squared error on such Gaussians would answer if it believed the same.
    /// </summary>
    /// <param name="from">Old cells.</param>
    /// <param name="to">New cells.</param>
    /// <param name="ratio">New cells per old cell.</param>
    /// <param name="sigma">Spread in new cells.</param>
    /// <param name="like">Gives type and device.</param>
    public static Tensor Gaussians(long from, long to, double ratio, double sigma, Tensor like)
    {
        var center = Arithmetic.Index(from, like).mul(Scalars.Of(ratio));
        return Arithmetic.Index(to, like).unsqueeze(1).sub(center).Gaussian(sigma);
    }

    /// <summary>Applies weights to the last dimension.</summary>
    public static Tensor Along(Tensor values, Tensor weights) => values.matmul(weights.t());
}
