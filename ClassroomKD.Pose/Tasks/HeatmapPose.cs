using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>A pose answered with heatmaps.</summary>
public sealed class HeatmapPose : PoseAnswer
{
    /// <summary>An answer.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point</param>
    /// <param name="geometry">sizes of input and heatmaps</param>
    /// <param name="codec">the convention that they follow; default MSRA, sigma 2</param>
    /// <param name="joints">to the classroom's joints; default null, the same</param>
    /// <exception cref="ArgumentException">A shape or value does not fit.</exception>
    public HeatmapPose(Tensor heatmaps, HeatmapGeometry geometry, HeatmapCodec? codec = null, JointMap? joints = null)
        : base(joints)
    {
        geometry.RequireValid();
        geometry.RequireMaps(heatmaps);
        (Heatmaps, Geometry, Codec) = (heatmaps, geometry, codec ?? new HeatmapCodec());
    }

    /// <summary><c>[B, K, H, W]</c></summary>
    public Tensor Heatmaps { get; }

    /// <summary>Sizes of input and heatmaps.</summary>
    public HeatmapGeometry Geometry { get; }

    /// <summary>The convention that they follow.</summary>
    public HeatmapCodec Codec { get; }

    internal override Tensor[] Tensors => [Heatmaps];

    internal override (int Width, int Height) Input => (Geometry.InputWidth, Geometry.InputHeight);

    private protected override Tensor PeakPositions() => Geometry.ToInput(HeatmapDecoder.LogParabola(Heatmaps).Positions, Codec.Udp);

    private protected override Tensor MeanPositions() => Geometry.ToInput(HeatmapDecoder.Expected(Heatmaps), Codec.Udp);

    // Student's cell i lies at the pixel i * stride, which is this answer's cell i * stride / own stride, whatever the conventions are.
    private protected override Tensor OnGrid(HeatmapPose student)
    {
        var maps = Mapped(Heatmaps);
        var (own, other) = (Codec.Stride(Geometry), student.Codec.Stride(student.Geometry));
        if (own == other && (Geometry.Width, Geometry.Height) == (student.Geometry.Width, student.Geometry.Height))
            return maps;
        var columns = Resampling.Linear(Geometry.Width, student.Geometry.Width, other.X / own.X, maps);
        var rows = Resampling.Linear(Geometry.Height, student.Geometry.Height, other.Y / own.Y, maps);
        return rows.matmul(Resampling.Along(maps, columns));
    }

    // Softmax(4 sigma² h) of a Gaussian of height 1 is a Gaussian of half a cell: as narrow as its mean survives the grid. The bins' own
    // Gaussians are drawn that much narrower, so that both together have the codec's spread.
    private protected override SimccAnswer InBins(SimccCodec codec)
    {
        var maps = Mapped(Heatmaps);
        var belief = maps.flatten(2).mul(Scalars.Of(4 * Codec.Sigma * Codec.Sigma)).softmax(-1).reshape(maps.shape);
        var stride = Codec.Stride(Geometry);
        Tensor Bins(Tensor axis, double binsPerCell, int bins, double sigma)
        {
            var variance = sigma * sigma - binsPerCell * binsPerCell / 4;
            var narrower = Math.Sqrt(Math.Max(variance, sigma * sigma / 4));
            return Resampling.Along(axis, Resampling.Gaussians(axis.size(2), bins, binsPerCell, narrower, axis)).mul(Scalars.Of(narrower / sigma));
        }
        return new SimccAnswer(
            Bins(belief.sum(2), stride.X * codec.Split, codec.BinsX, codec.SigmaX), Bins(belief.sum(3), stride.Y * codec.Split, codec.BinsY, codec.SigmaY));
    }
}
