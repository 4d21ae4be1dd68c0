namespace ClassroomKD.Pose;

/// <summary>The highest cell of each heatmap and what lies around it. Everything stays on the device.</summary>
internal readonly struct HeatmapPeak
{
    public HeatmapPeak(Tensor heatmaps)
    {
        (Height, Width) = (heatmaps.size(2), heatmaps.size(3));
        (Value, Index) = heatmaps.flatten(2).max(2);
        var width = Scalars.OfInteger(Width);
        X = Index.remainder(width);
        Y = Index.div(width, RoundingMode.floor);
    }

    public long Width { get; }

    public long Height { get; }

    /// <summary>The highest value <c>[B, K]</c>; of equal ones the first.</summary>
    public Tensor Value { get; }

    /// <summary>y W + x <c>[B, K]</c></summary>
    public Tensor Index { get; }

    /// <summary>The column <c>[B, K]</c>, integer.</summary>
    public Tensor X { get; }

    /// <summary>The row <c>[B, K]</c>, integer.</summary>
    public Tensor Y { get; }

    /// <summary>Whether above &lt; position &lt; below.</summary>
    public static Tensor Between(Tensor position, long above, long below) =>
        position.gt(Scalars.OfInteger(above)).logical_and(position.lt(Scalars.OfInteger(below)));

    /// <summary>The values at a shift from each peak; no shift is added where <paramref name="inside"/> is 0.</summary>
    /// <param name="map">Heatmaps <c>[B, K, H, W]</c>.</param>
    /// <param name="inside">1 where the shifted cell is on the map, integer <c>[B, K]</c>.</param>
    /// <param name="dx">Columns to the right.</param>
    /// <param name="dy">Rows down.</param>
    public Tensor Around(Tensor map, Tensor inside, long dx, long dy) => At(map, inside.mul(Scalars.OfInteger(dy * Width + dx)));

    /// <summary>The values at a shift in cells of the flattened map, integer <c>[B, K]</c>.</summary>
    public Tensor At(Tensor map, Tensor shift) =>
        map.flatten(2).gather(2, Index.add(shift, Arithmetic.IntegerOne).unsqueeze(-1)).squeeze(-1);

    /// <summary>x and y of the peak <c>[B, K, 2]</c>, moved by offsets; <paramref name="nowhere"/> where the peak is not above 0.</summary>
    public Tensor Moved(Tensor dx, Tensor dy, Scalar nowhere)
    {
        var x = X.to_type(Value.dtype).add(dx, Scalars.One);
        var y = Y.to_type(Value.dtype).add(dy, Scalars.One);
        return stack([x, y], -1).masked_fill(Value.le(Scalars.Zero).unsqueeze(-1), nowhere);
    }
}
