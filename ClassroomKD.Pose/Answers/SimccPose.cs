namespace ClassroomKD.Pose;

/// <summary>A pose answered with bins of x and y.</summary>
public sealed class SimccPose : PoseAnswer
{
    /// <summary>Creates an answer.</summary>
    /// <param name="bins">The logits of a SimCC head.</param>
    /// <param name="codec">The codec of the head's input size. Default 192x256, two bins per pixel.</param>
    /// <param name="joints">The map to the classroom's joints. Default null: they are the same.</param>
    /// <param name="sharpness">See <see cref="Sharpness"/>. Default 10.</param>
    /// <exception cref="ArgumentException">A shape or value does not fit.</exception>
    public SimccPose(SimccAnswer bins, SimccCodec? codec = null, JointMap? joints = null, double sharpness = 10)
        : base(joints)
    {
        Expect.AboveZero(sharpness, "a sharpness", nameof(sharpness));
        Sharpness = sharpness;
        Codec = codec ?? new SimccCodec();
        Codec.Require(bins);
        Bins = bins;
    }

    /// <summary>The logits of x and y.</summary>
    public SimccAnswer Bins { get; }

    /// <summary>The sizes and spreads of the bins.</summary>
    public SimccCodec Codec { get; }

    /// <summary>The factor of the logits in the head's softmax: beta of the <see cref="KlDiscretLoss"/> that it was trained with.</summary>
    public double Sharpness { get; }

    /// <inheritdoc/>
    public override object MovedTo(Device device) => new SimccPose(new(Bins.X.to(device), Bins.Y.to(device)), Codec, Joints, Sharpness);

    internal override string Statement => new PoseStatement
    {
        Simcc = new(Codec.InputWidth, Codec.InputHeight, Codec.Split, Codec.SigmaX, Codec.SigmaY, Sharpness),
        Joints = PoseStatement.Of(Joints),
    }.ToText();

    internal override Tensor[] Tensors => [Bins.X, Bins.Y];

    internal override (int Width, int Height) Input => (Codec.InputWidth, Codec.InputHeight);

    private protected override DecodedJoints DecodeOwn()
    {
        var (x, y) = (Belief(Bins.X.InFullPrecision()).amax([2]), Belief(Bins.Y.InFullPrecision()).amax([2]));
        return new DecodedJoints(PeakPositions(), x.minimum(y));
    }

    private protected override PoseAnswer Averaged(PoseAnswer mirrored, IReadOnlyList<(int Left, int Right)> pairs) =>
        mirrored is SimccPose other
            ? new SimccPose(FlipTest.Average(Bins, other.Bins, pairs), Codec, sharpness: Sharpness)
            : throw new ArgumentException($"Expected bins of the mirrored images, found {mirrored.GetType().Name}.", nameof(mirrored));

    // Logits have no level of their own, so a highest bin below 0 is as good as another; SimccCodec.Decode refuses it.
    private protected override Tensor PeakPositions() => Pixels(Bins.X.argmax(2), Bins.Y.argmax(2));

    private protected override Tensor MeanPositions() => Pixels(Mean(Bins.X), Mean(Bins.Y));

    private protected override Tensor OnGrid(HeatmapGeometry geometry, HeatmapCodec codec)
    {
        var (x, y) = (Belief(Mapped(Bins.X)), Belief(Mapped(Bins.Y)));
        var stride = codec.Stride(geometry);
        var columns = Resampling.Gaussians(Codec.BinsX, geometry.Width, 1 / (stride.X * Codec.Split), codec.Sigma, x);
        var rows = Resampling.Gaussians(Codec.BinsY, geometry.Height, 1 / (stride.Y * Codec.Split), codec.Sigma, y);
        return Resampling.Along(y, rows).unsqueeze(-1) * Resampling.Along(x, columns).unsqueeze(-2);
    }

    private protected override SimccAnswer InBins(SimccCodec codec)
    {
        var (x, y) = (Mapped(Bins.X), Mapped(Bins.Y));
        if (codec.Split == Codec.Split && (codec.BinsX, codec.BinsY) == (Codec.BinsX, Codec.BinsY))
            return new SimccAnswer(x, y);
        var ratio = Codec.Split / codec.Split;
        return new SimccAnswer(
            Resampling.Along(x, Resampling.Linear(Codec.BinsX, codec.BinsX, ratio, x)),
            Resampling.Along(y, Resampling.Linear(Codec.BinsY, codec.BinsY, ratio, y)));
    }

    private Tensor Belief(Tensor logits) => logits.mul(Scalars.Of(Sharpness)).softmax(-1);

    private Tensor Pixels(Tensor x, Tensor y) =>
        stack([x, y], -1).to_type(Bins.X.FullPrecision()).div(Scalars.Of(Codec.Split));

    private Tensor Mean(Tensor bins)
    {
        var belief = Belief(bins.InFullPrecision());
        return (belief * Arithmetic.Index(bins.size(2), belief)).sum(2);
    }
}
