namespace ClassroomKD.Pose;

/// <summary>
/// The convention that a network's heatmaps follow. A joint is a Gaussian of peak 1, not normalized, drawn within 3 sigma of its middle
/// cell (DARK: everywhere).
/// </summary>
/// <remarks>
/// A joint whose patch lies outside the map has weight 0, and one of weight 0.5 or less is not drawn. COCO's v = 1 (hidden) and v = 2
/// (visible) both have weight 1. Everything runs on the device of its arguments, and nothing is read back.
/// </remarks>
public sealed record HeatmapCodec
{
    /// <summary>Creates a convention.</summary>
    /// <param name="encoding">How joints are drawn. Default: MSRA's.</param>
    /// <param name="sigma">The spread in cells. Default 2, for 192x256 to 48x64 (3 for 288x384 to 72x96).</param>
    /// <exception cref="ArgumentException">The encoding is unknown, or sigma is not above 0.</exception>
    public HeatmapCodec(HeatmapEncoding encoding = HeatmapEncoding.Msra, double sigma = 2)
    {
        if (!Enum.IsDefined(encoding))
            throw new ArgumentException($"Expected one of {nameof(HeatmapEncoding)}, found {encoding}.", nameof(encoding));
        Expect.AboveZero(sigma, "a spread", nameof(sigma));
        (Encoding, Sigma) = (encoding, sigma);
    }

    /// <summary>How joints are drawn.</summary>
    public HeatmapEncoding Encoding { get; }

    /// <summary>The spread in cells.</summary>
    public double Sigma { get; }

    /// <summary>Whether cells follow UDP's rule, edges on edges, instead of the stride's.</summary>
    public bool Udp => Encoding == HeatmapEncoding.Udp;

    /// <summary>Draws joints by this convention.</summary>
    /// <param name="joints">x and y in input pixels <c>[B, K, 2]</c>, floating-point.</param>
    /// <param name="weights"><c>[B, K]</c>; 0 for a joint that is not labeled.</param>
    /// <param name="geometry">The sizes of input and heatmaps.</param>
    /// <returns>Heatmaps and weights in the joints' type; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A shape or a size does not fit.</exception>
    public HeatmapTarget Encode(Tensor joints, Tensor weights, HeatmapGeometry geometry)
    {
        using var scope = NewDisposeScope();
        var (center, patch) = Cells(joints, weights, geometry);
        var kept = Kept(patch, weights, geometry);
        var row = Gaussian(center.X, patch.X, geometry.Width) * kept.gt(Scalars.Half).unsqueeze(-1);
        var column = Gaussian(center.Y, patch.Y, geometry.Height);
        var heatmaps = column.unsqueeze(-1) * row.unsqueeze(-2);
        return new HeatmapTarget(heatmaps.MoveToOuterDisposeScope(), kept.MoveToOuterDisposeScope());
    }

    /// <summary>Reads joints as the convention's authors do: MSRA by HRNet's quarter shift, DARK and UDP by their Newton steps.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point; half precision is computed in float32.</param>
    /// <param name="geometry">The sizes of input and heatmaps.</param>
    /// <returns>Positions in input pixels and peak values, without gradient; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public DecodedJoints Decode(Tensor heatmaps, HeatmapGeometry geometry)
    {
        geometry.RequireMaps(heatmaps);
        using var scope = NewDisposeScope();
        // 11 for a sigma of 2, 17 for 3.
        var blurKernel = Math.Max(3, 2 * (int)Math.Round(3 * Sigma) - 1);
        var cells = Encoding switch
        {
            HeatmapEncoding.Dark => DarkDecoder.Dark(heatmaps, blurKernel),
            HeatmapEncoding.Udp => DarkDecoder.Udp(heatmaps, blurKernel),
            _ => HeatmapDecoder.Quarter(heatmaps),
        };
        return HeatmapDecoder.Leave(geometry.ToInput(cells.Positions, Udp), cells.Scores);
    }

    /// <summary>Pixels per cell in x and y.</summary>
    internal (double X, double Y) Stride(HeatmapGeometry geometry) =>
        Udp ? (geometry.UdpStrideX, geometry.UdpStrideY) : (geometry.StrideX, geometry.StrideY);

    // MSRA rounds the center to a cell by truncating x / stride + .5; UDP rounds only the patch around it, and DARK neither.
    private ((Tensor X, Tensor Y) Center, (Tensor X, Tensor Y) Patch) Cells(Tensor joints, Tensor weights, HeatmapGeometry geometry)
    {
        Expect.Joints(joints, weights);
        geometry.RequireValid();
        var stride = Stride(geometry);
        var cells = (X: joints.select(-1, 0).div(Scalars.Of(stride.X)), Y: joints.select(-1, 1).div(Scalars.Of(stride.Y)));
        if (Encoding == HeatmapEncoding.Dark)
            return (cells, cells);
        var rounded = (Rounded(cells.X), Rounded(cells.Y));
        return Udp ? (cells, rounded) : (rounded, rounded);
    }

    private static Tensor Rounded(Tensor cells) => cells.add(Scalars.Half, Scalars.One).trunc();

    private double Radius => Math.Floor(3 * Sigma);

    private Tensor Kept((Tensor X, Tensor Y) patch, Tensor weights, HeatmapGeometry geometry)
    {
        var inside = Touches(patch.X, geometry.Width).logical_and(Touches(patch.Y, geometry.Height));
        return weights.to_type(patch.X.dtype) * inside;
    }

    // The upper-left corner is left of the far edge and the lower-right one not left of the near edge.
    private Tensor Touches(Tensor middle, int size) =>
        middle.lt(Scalars.Of(size + Radius)).logical_and(middle.ge(Scalars.Of(-Radius - 1)));

    private Tensor Gaussian(Tensor center, Tensor middle, int size)
    {
        var cells = Arithmetic.Index(size, center);
        var values = cells.sub(center.unsqueeze(-1)).Gaussian(Sigma);
        return Encoding == HeatmapEncoding.Dark ? values : values * cells.sub(middle.unsqueeze(-1)).abs().le(Scalars.Of(Radius));
    }
}
