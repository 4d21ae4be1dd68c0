using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>The convention that a network's heatmaps follow: what it was trained on, and how it is to be read.</summary>
public sealed record HeatmapCodec
{
    /// <summary>A convention.</summary>
    /// <param name="encoding">how joints are drawn; default MSRA's</param>
    /// <param name="sigma">spread in cells; default 2, for 192x256 to 48x64 (3 for 288x384 to 72x96)</param>
    /// <exception cref="ArgumentException">The encoding is none, or sigma is not above 0.</exception>
    public HeatmapCodec(HeatmapEncoding encoding = HeatmapEncoding.Msra, double sigma = 2)
    {
        if (!Enum.IsDefined(encoding))
            throw new ArgumentException($"Expected one of {nameof(HeatmapEncoding)}, found {encoding}.", nameof(encoding));
        HeatmapEncoder.RequireSigma(sigma);
        (Encoding, Sigma) = (encoding, sigma);
    }

    /// <summary>How joints are drawn.</summary>
    public HeatmapEncoding Encoding { get; }

    /// <summary>Spread in cells.</summary>
    public double Sigma { get; }

    /// <summary>Whether cells follow UDP's rule, edges on edges, and not the stride's.</summary>
    public bool Udp => Encoding == HeatmapEncoding.Udp;

    /// <summary>Draws joints by this convention.</summary>
    /// <param name="joints">x and y in input pixels <c>[B, K, 2]</c>, floating-point</param>
    /// <param name="weights"><c>[B, K]</c>; 0 for a joint that is not labelled</param>
    /// <param name="geometry">sizes of input and heatmaps</param>
    /// <returns>Heatmaps and weights in the joints' type; the caller's dispose scope owns them.</returns>
    /// <exception cref="ArgumentException">A shape or a size does not fit.</exception>
    public HeatmapTarget Encode(Tensor joints, Tensor weights, HeatmapGeometry geometry) => Encoding switch
    {
        HeatmapEncoding.Dark => HeatmapEncoder.Dark(joints, weights, geometry, Sigma),
        HeatmapEncoding.Udp => HeatmapEncoder.Udp(joints, weights, geometry, Sigma),
        _ => HeatmapEncoder.Msra(joints, weights, geometry, Sigma),
    };

    /// <summary>Pixels per cell in x and y.</summary>
    internal (double X, double Y) Stride(HeatmapGeometry geometry) =>
        Udp ? (geometry.UdpStrideX, geometry.UdpStrideY) : (geometry.StrideX, geometry.StrideY);
}
