using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>
/// How well a network did on each sample, for ranking mentors: the OKS of its joints, which heads and heatmaps of any size share. All on the
/// device; nothing is read back.
/// </summary>
/// <remarks>
/// <c>mean over visible joints of exp(-d² / (2 A (2σ)²))</c>, d and A in input pixels; 0 for a sample without a visible joint, whatever was
/// predicted. Identical predictions at 96x72, at 64x48 and by SimCC differ by less than 1 %.
/// </remarks>
public sealed class OksPerformance : IDisposable
{
    // What the COCO API adds to the area before dividing, so that an area of 0 is none.
    private static readonly Scalar s_spacing = 2.220446049250313e-16;

    private readonly JointConstants _variances;

    /// <summary>A measure that keeps the joints' spreads where the answers are.</summary>
    /// <param name="sigmas">one spread per joint, such as <see cref="JointSigmas.Coco"/></param>
    /// <exception cref="ArgumentException">There is no spread, or one is not above 0.</exception>
    public OksPerformance(IReadOnlyList<double> sigmas)
    {
        ArgumentNullException.ThrowIfNull(sigmas);
        if (sigmas.Count == 0 || !sigmas.All(sigma => sigma > 0 && double.IsFinite(sigma)))
            throw new ArgumentException($"Expected one finite spread above 0 for each joint, found [{string.Join(", ", sigmas)}].", nameof(sigmas));
        // 2 (2 sigma)², so that exp(-d² / (A v)) is the similarity.
        _variances = new JointConstants(sigmas.Select(sigma => 8 * sigma * sigma));
    }

    /// <summary>The number of joints K.</summary>
    public int Joints => _variances.Count;

    /// <summary>Releases the spreads.</summary>
    public void Dispose() => _variances.Dispose();

    /// <summary>A person's area where none is annotated, as in MPII: .53 of the box.</summary>
    /// <param name="width">of the box</param>
    /// <param name="height">of the box</param>
    /// <returns>The area in square units of the extents.</returns>
    public static double AreaOfBox(double width, double height) => .53 * width * height;

    /// <summary>OKS of positions; differentiable in them.</summary>
    /// <param name="positions">predicted x and y in input pixels <c>[B, K, 2]</c></param>
    /// <param name="joints">true x and y in input pixels <c>[B, K, 2]</c></param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible</param>
    /// <param name="areas">A <c>[B]</c>: the annotated area times (input width / crop width)²</param>
    /// <returns><c>[B]</c> from 0 to 1; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Of(Tensor positions, Tensor joints, Tensor weights, Tensor areas)
    {
        JointShapes.RequireJoints(joints, weights);
        JointShapes.RequireSame(joints, positions, nameof(positions));
        ArgumentNullException.ThrowIfNull(areas);
        if (joints.size(1) != Joints)
            throw new ArgumentException($"Expected {Joints} joints, found {JointShapes.Describe(joints)}.", nameof(joints));
        if (areas.dim() != 1 || areas.size(0) != joints.size(0))
            throw new ArgumentException($"Expected an area for each sample [{joints.size(0)}], found {JointShapes.Describe(areas)}.", nameof(areas));
        using var scope = NewDisposeScope();
        var x = Grid.InFullPrecision(positions);
        return Mean(PerJoint(x, joints, areas), weights.gt(Scalars.Zero)).MoveToOuterDisposeScope();
    }

    /// <summary>The similarity of each joint: positions <c>[..., B, K, 2]</c> against joints <c>[B, K, 2]</c>, <c>[..., B, K]</c>.</summary>
    internal Tensor PerJoint(Tensor positions, Tensor joints, Tensor areas)
    {
        var scale = areas.to_type(positions.dtype).add(s_spacing, Scalars.One).unsqueeze(1) * _variances.Like(positions);
        return (positions.sub(joints.to_type(positions.dtype)).Squared().sum(-1) / scale).neg().exp();
    }

    /// <summary>The mean over the joints of a mask, 0 where there is none.</summary>
    internal static Tensor Mean(Tensor perJoint, Tensor mask)
    {
        // Filled, not multiplied: an unlabelled joint may lie anywhere, even at NaN.
        var sum = perJoint.masked_fill(mask.logical_not(), Scalars.Zero).sum(-1);
        return sum / mask.sum(-1, type: perJoint.dtype).clamp_min(Scalars.One);
    }

    /// <summary>OKS of heatmaps by <see cref="HeatmapDecoder.LogParabola"/>; no gradient flows.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c></param>
    /// <param name="geometry">sizes of input and heatmaps</param>
    /// <param name="joints">true x and y in input pixels <c>[B, K, 2]</c></param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible</param>
    /// <param name="areas">A <c>[B]</c>, see <see cref="Of(Tensor, Tensor, Tensor, Tensor)"/></param>
    /// <param name="udp">whether the heatmaps follow UDP's rule; default false</param>
    /// <returns><c>[B]</c> from 0 to 1; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Of(Tensor heatmaps, HeatmapGeometry geometry, Tensor joints, Tensor weights, Tensor areas, bool udp = false)
    {
        geometry.RequireMaps(heatmaps);
        using var scope = NewDisposeScope();
        var positions = geometry.ToInput(HeatmapDecoder.LogParabola(heatmaps).Positions, udp);
        return Of(positions, joints, weights, areas).MoveToOuterDisposeScope();
    }

    /// <summary>OKS of a SimCC answer by its highest bins; no gradient flows.</summary>
    /// <param name="answer">logits</param>
    /// <param name="codec">of the answer's input size</param>
    /// <param name="joints">true x and y in input pixels <c>[B, K, 2]</c></param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible</param>
    /// <param name="areas">A <c>[B]</c>, see <see cref="Of(Tensor, Tensor, Tensor, Tensor)"/></param>
    /// <returns><c>[B]</c> from 0 to 1; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Of(SimccAnswer answer, SimccCodec codec, Tensor joints, Tensor weights, Tensor areas)
    {
        ArgumentNullException.ThrowIfNull(codec);
        using var scope = NewDisposeScope();
        return Of(codec.Decode(answer).Positions, joints, weights, areas).MoveToOuterDisposeScope();
    }

    /// <summary>OKS of the heatmaps' expected positions under a softmax: differentiable, but not the same for all sizes of heatmap.</summary>
    /// <param name="heatmaps"><c>[B, K, H, W]</c></param>
    /// <param name="geometry">sizes of input and heatmaps</param>
    /// <param name="joints">true x and y in input pixels <c>[B, K, 2]</c></param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible</param>
    /// <param name="areas">A <c>[B]</c>, see <see cref="Of(Tensor, Tensor, Tensor, Tensor)"/></param>
    /// <param name="beta">sharpens the softmax; default 50</param>
    /// <param name="udp">whether the heatmaps follow UDP's rule; default false</param>
    /// <returns><c>[B]</c> from 0 to 1, differentiable in the heatmaps; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or beta is not above 0.</exception>
    public Tensor Soft(Tensor heatmaps, HeatmapGeometry geometry, Tensor joints, Tensor weights, Tensor areas, double beta = 50, bool udp = false)
    {
        geometry.RequireMaps(heatmaps);
        using var scope = NewDisposeScope();
        var positions = geometry.ToInput(HeatmapDecoder.Expected(heatmaps, beta), udp);
        return Of(positions, joints, weights, areas).MoveToOuterDisposeScope();
    }
}
