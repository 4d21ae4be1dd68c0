namespace ClassroomKD.Pose;

/// <summary>A pose answered with heatmaps.</summary>
public sealed class HeatmapPose : PoseAnswer
{
    /// <summary>Creates an answer.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c>, floating-point.</param>
    /// <param name="geometry">The sizes of input and heatmaps.</param>
    /// <param name="codec">The convention that the heatmaps follow. Default MSRA, sigma 2.</param>
    /// <param name="joints">The map to the classroom's joints. Default null: they are the same.</param>
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

    /// <summary>The sizes of input and heatmaps.</summary>
    public HeatmapGeometry Geometry { get; }

    /// <summary>The convention that the heatmaps follow.</summary>
    public HeatmapCodec Codec { get; }

    /// <inheritdoc/>
    public override object MovedTo(Device device) => new HeatmapPose(Heatmaps.to(device), Geometry, Codec, Joints);

    internal override string Statement => new PoseStatement
    {
        Heatmaps = new(
            Geometry.InputWidth, Geometry.InputHeight, Geometry.Width, Geometry.Height, Codec.Encoding, Codec.Sigma),
        Joints = PoseStatement.Of(Joints),
    }.ToText();

    internal override Tensor[] Tensors => [Heatmaps];

    internal override (int Width, int Height) Input => (Geometry.InputWidth, Geometry.InputHeight);

    private protected override DecodedJoints DecodeOwn() => Codec.Decode(Heatmaps, Geometry);

    private protected override PoseAnswer Averaged(PoseAnswer mirrored, IReadOnlyList<(int Left, int Right)> pairs) =>
        mirrored is HeatmapPose other
            ? new HeatmapPose(FlipTest.Average(Heatmaps, other.Heatmaps, pairs, shift: !Codec.Udp), Geometry, Codec)
            : throw new ArgumentException($"Expected heatmaps of the mirrored images, found {mirrored.GetType().Name}.", nameof(mirrored));

    private protected override Tensor PeakPositions() => Geometry.ToInput(HeatmapDecoder.LogParabola(Heatmaps).Positions, Codec.Udp);

    private protected override Tensor MeanPositions() => Geometry.ToInput(HeatmapDecoder.Expected(Heatmaps), Codec.Udp);

    // Cell i of the other grid lies at the pixel i * stride, which is cell i * stride / own stride here, whatever the conventions are.
    private protected override Tensor OnGrid(HeatmapGeometry geometry, HeatmapCodec codec)
    {
        var maps = Mapped(Heatmaps);
        var (own, other) = (Codec.Stride(Geometry), codec.Stride(geometry));
        if (own == other && (Geometry.Width, Geometry.Height) == (geometry.Width, geometry.Height))
            return maps;
        var columns = Resampling.Linear(Geometry.Width, geometry.Width, other.X / own.X, maps);
        var rows = Resampling.Linear(Geometry.Height, geometry.Height, other.Y / own.Y, maps);
        return rows.matmul(Resampling.Along(maps, columns));
    }

    private protected override SimccAnswer InBins(SimccCodec codec)
    {
        var maps = Mapped(Heatmaps);
        var stride = Codec.Stride(Geometry);
        return new SimccAnswer(
            HeatmapProfile.InBins(maps.amax([2]), Codec.Sigma, stride.X * codec.Split, codec.BinsX, codec.SigmaX),
            HeatmapProfile.InBins(maps.amax([3]), Codec.Sigma, stride.Y * codec.Split, codec.BinsY, codec.SigmaY));
    }
}
