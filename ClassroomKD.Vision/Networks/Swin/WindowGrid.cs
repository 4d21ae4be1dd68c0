using ClassroomKD.Networks;

namespace ClassroomKD.Vision;

/// <summary>The division of a plane of patches into windows of 7x7, optionally after a cyclic shift by 3.</summary>
internal readonly struct WindowGrid
{
    /// <summary>The number of patches of a window.</summary>
    public const int Patches = Side * Side;

    /// <summary>The number of relative positions of two patches of a window.</summary>
    public const int RelativePositions = (2 * Side - 1) * (2 * Side - 1);

    private const int Side = 7;

    // Keeps two patches apart in a softmax.
    private static readonly Scalar Apart = Scalars.Of(-100.0);
    private static readonly Scalar RowOfRegions = Scalars.Of(3.0);

    private readonly int rows;
    private readonly int columns;
    private readonly int windowRows;
    private readonly int windowColumns;
    private readonly int rowShift;
    private readonly int columnShift;

    public WindowGrid(int rows, int columns, bool shifted)
    {
        (this.rows, this.columns) = (rows, columns);
        (windowRows, windowColumns) = ((rows + Side - 1) / Side, (columns + Side - 1) / Side);

        // A single window sees the whole plane.
        rowShift = shifted && windowRows > 1 ? Side / 2 : 0;
        columnShift = shifted && windowColumns > 1 ? Side / 2 : 0;
    }

    public int Windows => windowRows * windowColumns;

    public bool IsShifted => rowShift > 0 || columnShift > 0;

    private int PaddedRows => windowRows * Side;

    private int PaddedColumns => windowColumns * Side;

    /// <summary>The number of the relative position of each pair of a window's patches, <c>[49 * 49]</c>.</summary>
    public static long[] PairPositions()
    {
        var positions = new long[Patches * Patches];
        for (var from = 0; from < Patches; from++)
            for (var to = 0; to < Patches; to++)
                positions[from * Patches + to] =
                    (from / Side - to / Side + Side - 1) * (2 * Side - 1) + from % Side - to % Side + Side - 1;
        return positions;
    }

    /// <summary><c>[B, H, W, C]</c> to <c>[B * windows, 49, C]</c>.</summary>
    public TValue Split<TValue>(INetworkOperations<TValue> ops, TValue x, long channels)
    {
        if (PaddedRows > rows)
            x = ops.Pad(x, 1, PaddedRows - rows);
        if (PaddedColumns > columns)
            x = ops.Pad(x, 2, PaddedColumns - columns);
        x = Rotate(ops, Rotate(ops, x, 1, PaddedRows, rowShift), 2, PaddedColumns, columnShift);
        x = ops.Permute(ops.Reshape(x, -1, windowRows, Side, windowColumns, Side, channels), 0, 1, 3, 2, 4, 5);
        return ops.Reshape(x, -1, Patches, channels);
    }

    /// <summary>The inverse of <see cref="Split"/>.</summary>
    public TValue Join<TValue>(INetworkOperations<TValue> ops, TValue x, long channels)
    {
        x = ops.Permute(ops.Reshape(x, -1, windowRows, windowColumns, Side, Side, channels), 0, 1, 3, 2, 4, 5);
        x = ops.Reshape(x, -1, PaddedRows, PaddedColumns, channels);
        x = Rotate(ops, Rotate(ops, x, 1, PaddedRows, PaddedRows - rowShift), 2, PaddedColumns, PaddedColumns - columnShift);
        if (PaddedRows > rows)
            x = ops.Narrow(x, 1, 0, rows);
        return PaddedColumns > columns ? ops.Narrow(x, 2, 0, columns) : x;
    }

    /// <summary>0 for two patches that were neighbors before the shift, otherwise -100: <c>[1, windows, 1, 49, 49]</c>.</summary>
    /// <remarks>Computed on the device alone, because a copy from the host would be waited for.</remarks>
    public Tensor Mask(ScalarType type, Device device)
    {
        var regions = Regions(PaddedRows, rowShift, device).mul(RowOfRegions).unsqueeze(1).add(
            Regions(PaddedColumns, columnShift, device), Scalars.One);
        var regionOf = regions.reshape(windowRows, Side, windowColumns, Side).permute(0, 2, 1, 3).reshape(1, Windows, 1, Patches);
        return (regionOf.unsqueeze(3) - regionOf.unsqueeze(4)).abs().clamp_max(Scalars.One).mul(Apart).to_type(type);
    }

    // 0 before the last window, 1 in it, 2 shifted into it.
    private static Tensor Regions(int length, int shift, Device device)
    {
        var at = arange(Scalars.Zero, Scalars.Of(length), Scalars.One, ScalarType.Float32, device);
        return at.ge(Scalars.Of(length - Side)).to_type(ScalarType.Float32).add(
            at.ge(Scalars.Of(length - shift)).to_type(ScalarType.Float32), Scalars.One);
    }

    // Moves the elements at the offset to the front.
    private static TValue Rotate<TValue>(INetworkOperations<TValue> ops, TValue x, int dimension, int length, int offset) =>
        offset % length == 0
            ? x
            : ops.Concatenate([ops.Narrow(x, dimension, offset, length - offset), ops.Narrow(x, dimension, 0, offset)], dimension);
}
