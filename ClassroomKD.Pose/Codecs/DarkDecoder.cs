namespace ClassroomKD.Pose;

/// <summary>
/// Reads joints from heatmaps to a fraction of a cell: a Newton step on the logarithm of the blurred map from its highest cell. Nothing
/// is read back from the device; gradients do not flow. A joint without a peak above 0 is at (-1, -1).
/// </summary>
public static class DarkDecoder
{
    private static readonly Scalar QuarterCell = Scalars.Of(0.25);
    private static readonly Scalar DarkFloor = Scalars.Of(1e-10);
    private static readonly Scalar UdpFloor = Scalars.Of(1e-3);
    private static readonly Scalar UdpCeiling = Scalars.Of(50.0);
    private static readonly Scalar SingleEpsilon = Scalars.Of(1.1920928955078125e-07);

    /// <summary>DARK (arXiv 1910.06278): differences over two cells; only where 1 &lt; x &lt; W - 2 and 1 &lt; y &lt; H - 2.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point; half precision is computed in float32.</param>
    /// <param name="blurKernel">The odd size of the blur in cells. Default 11, for sigma 2 (17 for sigma 3).</param>
    /// <returns>Positions in cells by MSRA's stride, and peak values; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit, or the kernel's size is not odd.</exception>
    public static DecodedJoints Dark(Tensor heatmaps, int blurKernel = 11)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var map = heatmaps.InFullPrecision();
        var peak = new HeatmapPeak(map);
        var log = HeatmapBlur.Apply(map, blurKernel).clamp_min(DarkFloor).log();
        var inside = HeatmapPeak.Between(peak.X, 1, peak.Width - 2).logical_and(HeatmapPeak.Between(peak.Y, 1, peak.Height - 2))
            .to_type(ScalarType.Int64);
        Tensor At(long x, long y) => peak.Around(log, inside, x, y);
        var twice = At(0, 0).mul(Scalars.Two);
        var dx = At(1, 0).sub(At(-1, 0)).mul(Scalars.Half);
        var dy = At(0, 1).sub(At(0, -1)).mul(Scalars.Half);
        var dxx = At(2, 0).sub(twice).add(At(-2, 0), Scalars.One).mul(QuarterCell);
        var dyy = At(0, 2).sub(twice).add(At(0, -2), Scalars.One).mul(QuarterCell);
        var dxy = At(1, 1).sub(At(1, -1)).sub(At(-1, 1)).add(At(-1, -1), Scalars.One).mul(QuarterCell);
        var (x, y) = Newton(dx, dy, dxx, dyy, dxy);
        return HeatmapDecoder.Leave(peak.Moved(x, y, Scalars.MinusOne), peak.Value);
    }

    /// <summary>UDP's DARK (arXiv 1911.07524): differences over one cell, the map continued by its edge, no guard at the border.</summary>
    /// <remarks>MMPose refines a joint without a peak too, with values of its neighbor joint's map; here it stays at (-1, -1).</remarks>
    /// <inheritdoc cref="Dark" path="/param"/>
    /// <returns>Positions in cells by UDP's stride, and peak values; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit, or the kernel's size is not odd.</exception>
    public static DecodedJoints Udp(Tensor heatmaps, int blurKernel = 11)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var map = heatmaps.InFullPrecision();
        var peak = new HeatmapPeak(map);
        var log = HeatmapBlur.Apply(map, blurKernel).clamp(UdpFloor, UdpCeiling).log();
        // One cell in each direction, or none at the edge.
        var right = peak.X.lt(Scalars.OfInteger(peak.Width - 1)).to_type(ScalarType.Int64);
        var left = peak.X.gt(Scalars.Zero).to_type(ScalarType.Int64).neg();
        var down = peak.Y.lt(Scalars.OfInteger(peak.Height - 1)).to_type(ScalarType.Int64).mul(Scalars.OfInteger(peak.Width));
        var up = peak.Y.gt(Scalars.Zero).to_type(ScalarType.Int64).neg().mul(Scalars.OfInteger(peak.Width));
        var here = peak.At(log, right.sub(right));
        var (east, west, south, north) = (peak.At(log, right), peak.At(log, left), peak.At(log, down), peak.At(log, up));
        var southEast = peak.At(log, right.add(down, Arithmetic.IntegerOne));
        var northWest = peak.At(log, left.add(up, Arithmetic.IntegerOne));
        var twice = here.mul(Scalars.Two);
        var dx = east.sub(west).mul(Scalars.Half);
        var dy = south.sub(north).mul(Scalars.Half);
        var dxx = east.sub(twice).add(west, Scalars.One).add(SingleEpsilon, Scalars.One);
        var dyy = south.sub(twice).add(north, Scalars.One).add(SingleEpsilon, Scalars.One);
        var dxy = southEast.sub(east).sub(south).add(twice, Scalars.One).sub(west).sub(north).add(northWest, Scalars.One).mul(Scalars.Half);
        var (x, y) = Newton(dx, dy, dxx, dyy, dxy);
        return HeatmapDecoder.Leave(peak.Moved(x, y, Scalars.MinusOne), peak.Value);
    }

    // -H^-1 g, and no step where H has no inverse.
    private static (Tensor X, Tensor Y) Newton(Tensor dx, Tensor dy, Tensor dxx, Tensor dyy, Tensor dxy)
    {
        var determinant = (dxx * dyy).sub(dxy.Squared());
        var flat = determinant.eq(Scalars.Zero);
        var x = (dxy * dy).sub(dyy * dx) / determinant;
        var y = (dxy * dx).sub(dxx * dy) / determinant;
        return (x.masked_fill(flat, Scalars.Zero), y.masked_fill(flat, Scalars.Zero));
    }
}
