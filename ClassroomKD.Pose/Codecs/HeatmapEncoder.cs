using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Draws joints as Gaussians on heatmaps: peak 1, not normalised.</summary>
/// <remarks>
/// A patch reaches 3 sigma to each side of its middle cell. A joint whose patch lies outside the map gets weight 0; one with weight
/// .5 or less is not drawn. COCO's v = 1 (hidden) and v = 2 (visible) both have weight 1. Everything runs on the joints' device.
/// </remarks>
public static class HeatmapEncoder
{
    private static readonly Scalar s_minusHalf = -0.5;

    /// <summary>MSRA (SimpleBaseline, HRNet): the centre is rounded to a cell by truncating x / stride + .5.</summary>
    /// <param name="joints">x and y in input pixels <c>[B, K, 2]</c>, floating-point</param>
    /// <param name="weights"><c>[B, K]</c>; 0 for a joint that is not labelled</param>
    /// <param name="geometry">sizes of input and heatmaps</param>
    /// <param name="sigma">spread in cells; default 2, for 192x256 to 48x64 (3 for 288x384 to 72x96)</param>
    /// <returns>Heatmaps and weights in the joints' type; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A shape, a size or sigma does not fit.</exception>
    public static HeatmapTarget Msra(Tensor joints, Tensor weights, HeatmapGeometry geometry, double sigma = 2)
    {
        Require(joints, weights, geometry, sigma);
        using var scope = NewDisposeScope();
        var (x, y) = Cells(joints, geometry.StrideX, geometry.StrideY);
        (x, y) = (Rounded(x), Rounded(y));
        return Draw((x, y), (x, y), weights, geometry, sigma, wholeMap: false);
    }

    /// <summary>DARK: the centre is not rounded and the Gaussian covers the whole map (arXiv 1910.06278).</summary>
    /// <inheritdoc cref="Msra" path="/*[not(self::summary)]"/>
    public static HeatmapTarget Dark(Tensor joints, Tensor weights, HeatmapGeometry geometry, double sigma = 2)
    {
        Require(joints, weights, geometry, sigma);
        using var scope = NewDisposeScope();
        var centre = Cells(joints, geometry.StrideX, geometry.StrideY);
        return Draw(centre, centre, weights, geometry, sigma, wholeMap: true);
    }

    /// <summary>UDP: edges map onto edges; the centre is not rounded, the patch around it is (arXiv 1911.07524).</summary>
    /// <inheritdoc cref="Msra" path="/*[not(self::summary)]"/>
    public static HeatmapTarget Udp(Tensor joints, Tensor weights, HeatmapGeometry geometry, double sigma = 2)
    {
        Require(joints, weights, geometry, sigma);
        using var scope = NewDisposeScope();
        var centre = Cells(joints, geometry.UdpStrideX, geometry.UdpStrideY);
        return Draw(centre, (Rounded(centre.X), Rounded(centre.Y)), weights, geometry, sigma, wholeMap: false);
    }

    private static (Tensor X, Tensor Y) Cells(Tensor joints, double strideX, double strideY) =>
        (joints.select(-1, 0) / tensor(strideX), joints.select(-1, 1) / tensor(strideY));

    private static Tensor Rounded(Tensor cells) => cells.add(Scalars.Half, Scalars.One).trunc();

    /// <summary>The weights that encoding would give, without drawing: 0 for joints whose patch lies outside the map.</summary>
    internal static Tensor Kept(Tensor joints, Tensor weights, HeatmapGeometry geometry, HeatmapCodec codec)
    {
        Require(joints, weights, geometry, codec.Sigma);
        using var scope = NewDisposeScope();
        var stride = codec.Stride(geometry);
        var (x, y) = Cells(joints, stride.X, stride.Y);
        var patch = codec.Encoding == HeatmapEncoding.Dark ? (x, y) : (Rounded(x), Rounded(y));
        return Kept(patch, weights, geometry, codec.Sigma).MoveToOuterDisposeScope();
    }

    internal static void RequireSigma(double sigma)
    {
        if (!(sigma > 0 && double.IsFinite(sigma)))
            throw new ArgumentException($"Expected a spread above 0, found {sigma}.", nameof(sigma));
    }

    private static Tensor Kept((Tensor X, Tensor Y) patch, Tensor weights, HeatmapGeometry geometry, double sigma)
    {
        var radius = Radius(sigma);
        var inside = Touches(patch.X, geometry.Width, radius).logical_and(Touches(patch.Y, geometry.Height, radius));
        return weights.to_type(patch.X.dtype) * inside;
    }

    private static HeatmapTarget Draw(
        (Tensor X, Tensor Y) centre, (Tensor X, Tensor Y) patch, Tensor weights, HeatmapGeometry geometry, double sigma, bool wholeMap)
    {
        var kept = Kept(patch, weights, geometry, sigma);
        var drawn = kept.gt(Scalars.Half).unsqueeze(-1);
        var radius = wholeMap ? null : Radius(sigma);
        var row = Gaussian(centre.X, patch.X, geometry.Width, sigma, radius) * drawn;
        var column = Gaussian(centre.Y, patch.Y, geometry.Height, sigma, radius);
        var heatmaps = column.unsqueeze(-1) * row.unsqueeze(-2);
        return new HeatmapTarget(heatmaps.MoveToOuterDisposeScope(), kept.MoveToOuterDisposeScope());
    }

    private static Tensor Radius(double sigma) => tensor(Math.Floor(3 * sigma));

    // The upper-left corner is left of the far edge and the lower-right one not left of the near edge.
    private static Tensor Touches(Tensor middle, int size, Tensor radius) =>
        middle.sub(radius).lt(tensor((double)size)).logical_and(middle.add(radius, Scalars.One).add(Scalars.One, Scalars.One).ge(Scalars.Zero));

    private static Tensor Gaussian(Tensor centre, Tensor middle, int size, double sigma, Tensor? radius)
    {
        var cells = Grid.Index(size, centre);
        var values = (cells.sub(centre.unsqueeze(-1)) / tensor(sigma)).Squared().mul(s_minusHalf).exp();
        return radius is null ? values : values * cells.sub(middle.unsqueeze(-1)).abs().le(radius);
    }

    private static void Require(Tensor joints, Tensor weights, HeatmapGeometry geometry, double sigma)
    {
        JointShapes.RequireJoints(joints, weights);
        geometry.RequireValid();
        RequireSigma(sigma);
    }
}
