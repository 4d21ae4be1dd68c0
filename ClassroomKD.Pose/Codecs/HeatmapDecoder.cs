namespace ClassroomKD.Pose;

/// <summary>
/// Reads joints from heatmaps <c>[B, K, H, W]</c>, in cells; <see cref="HeatmapGeometry.ToInput"/> makes them pixels. Nothing is read
/// back from the device; gradients flow through <see cref="Expected"/> alone.
/// </summary>
public static class HeatmapDecoder
{
    private static readonly Scalar QuarterCell = Scalars.Of(0.25);
    private static readonly Scalar MinusHalf = Scalars.Of(-0.5);
    private static readonly Scalar ParabolaFloor = Scalars.Of(1e-3);

    /// <summary>The highest cell, moved a quarter cell towards the higher neighbor on each axis.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point; half precision is computed in float32.</param>
    /// <param name="convention">Whose borders apply. Default HRNet's.</param>
    /// <returns>Positions in cells and peak values; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit, or the convention is none.</exception>
    public static DecodedJoints Quarter(Tensor heatmaps, QuarterConvention convention = QuarterConvention.Hrnet)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        if (!Enum.IsDefined(convention))
            throw new ArgumentException($"Expected a convention of {nameof(QuarterConvention)}, found {convention}.", nameof(convention));
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var map = heatmaps.InFullPrecision();
        var peak = new HeatmapPeak(map);
        var x = HeatmapPeak.Between(peak.X, 1, peak.Width - 1);
        var y = HeatmapPeak.Between(peak.Y, 1, peak.Height - 1);
        var (insideX, insideY) = convention == QuarterConvention.Hrnet
            ? (x.logical_and(y), x.logical_and(y))
            : (x.logical_and(peak.Y.gt(Scalars.Zero)), y.logical_and(peak.X.gt(Scalars.Zero)));
        var dx = Rise(map, peak, insideX, 1, 0).sign().mul(QuarterCell);
        var dy = Rise(map, peak, insideY, 0, 1).sign().mul(QuarterCell);
        return Leave(peak.Moved(dx, dy, convention == QuarterConvention.Hrnet ? Scalars.Zero : Scalars.MinusOne), peak.Value);
    }

    /// <summary>
    /// The highest cell, moved per axis to the summit of the parabola through the logarithms of it and its two neighbors, by half a
    /// cell at most: the decoder behind performances, the same for any size and height of Gaussian.
    /// </summary>
    /// <remarks>Values below 1e-3 count as 1e-3. A peak at the border is not moved across it; one not above 0 stays at its cell.</remarks>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point; half precision is computed in float32.</param>
    /// <returns>Positions in cells and peak values; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public static DecodedJoints LogParabola(Tensor heatmaps)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        using var free = no_grad();
        using var scope = NewDisposeScope();
        var map = heatmaps.InFullPrecision();
        var peak = new HeatmapPeak(map);
        var dx = Summit(map, peak, HeatmapPeak.Between(peak.X, 0, peak.Width - 1), 1, 0);
        var dy = Summit(map, peak, HeatmapPeak.Between(peak.Y, 0, peak.Height - 1), 0, 1);
        var x = peak.X.to_type(map.dtype).add(dx, Scalars.One);
        var y = peak.Y.to_type(map.dtype).add(dy, Scalars.One);
        return Leave(stack([x, y], -1), peak.Value);
    }

    /// <summary>The mean position under softmax(beta h): differentiable, pulled towards the map's middle where beta is small.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point; half precision is computed in float32.</param>
    /// <param name="beta">Sharpens the softmax. Default 50.</param>
    /// <returns>x and y in cells <c>[B, K, 2]</c>, differentiable; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit, or beta is not above 0.</exception>
    public static Tensor Expected(Tensor heatmaps, double beta = 50)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        Expect.AboveZero(beta, "beta", nameof(beta));
        using var scope = NewDisposeScope();
        var map = heatmaps.InFullPrecision();
        var probability = map.flatten(2).mul(Scalars.Of(beta)).softmax(-1).reshape(map.shape);
        var x = (probability.sum(2) * Arithmetic.Index(map.size(3), map)).sum(-1);
        var y = (probability.sum(3) * Arithmetic.Index(map.size(2), map)).sum(-1);
        return stack([x, y], -1).MoveToOuterDisposeScope();
    }

    internal static DecodedJoints Leave(Tensor positions, Tensor scores) =>
        new(positions.MoveToOuterDisposeScope(), scores.MoveToOuterDisposeScope());

    private static Tensor Rise(Tensor map, in HeatmapPeak peak, Tensor inside, long dx, long dy)
    {
        var one = inside.to_type(ScalarType.Int64);
        return peak.Around(map, one, dx, dy).sub(peak.Around(map, one, -dx, -dy));
    }

    private static Tensor Summit(Tensor map, in HeatmapPeak peak, Tensor inside, long dx, long dy)
    {
        var one = inside.to_type(ScalarType.Int64);
        var after = Logarithm(peak.Around(map, one, dx, dy));
        var before = Logarithm(peak.Around(map, one, -dx, -dy));
        var bend = after.add(before, Scalars.One).sub(Logarithm(peak.Value).mul(Scalars.Two));
        var offset = before.sub(after).mul(Scalars.Half) / bend;
        return offset.masked_fill(bend.eq(Scalars.Zero), Scalars.Zero).clamp(MinusHalf, Scalars.Half);
    }

    private static Tensor Logarithm(Tensor values) => values.clamp_min(ParabolaFloor).log();
}
