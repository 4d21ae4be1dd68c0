namespace ClassroomKD.Pose;

/// <summary>
/// How well a network did on each sample, for ranking mentors: the OKS of its joints, the same measure for every head and heatmaps of any
/// size. Nothing is read back from the device.
/// </summary>
/// <remarks>
/// <c>mean over visible joints of exp(-d² / (2 A (2σ)²))</c>, d and A in input pixels; 0 for a sample without a visible joint, whatever was
/// predicted. Identical predictions at 96x72, at 64x48 and by SimCC differ by less than 1 %.
/// </remarks>
public sealed class OksPerformance : IDisposable
{
    // What the COCO API adds to the area before dividing, so that an area of 0 is none.
    private static readonly Scalar Spacing = Scalars.Of(2.220446049250313e-16);

    private readonly JointConstants variances;

    /// <summary>Creates a measure that keeps the joints' spreads where the answers are.</summary>
    /// <param name="sigmas">One spread per joint, such as those of <see cref="JointLayout.Coco"/>.</param>
    /// <exception cref="ArgumentException">There is no spread, or one is not above 0.</exception>
    public OksPerformance(IReadOnlyList<double> sigmas)
    {
        Expect.Sigmas(sigmas);
        // 2 (2 sigma)², so that exp(-d² / (A v)) is the similarity.
        variances = new JointConstants(sigmas.Select(sigma => 8 * sigma * sigma));
    }

    /// <summary>The number of joints K.</summary>
    public int Joints => variances.Count;

    /// <summary>Releases the spreads.</summary>
    public void Dispose() => variances.Dispose();

    /// <summary>OKS of positions; differentiable in them.</summary>
    /// <param name="positions">Predicted x and y in input pixels <c>[B, K, 2]</c>.</param>
    /// <param name="joints">True x and y in input pixels <c>[B, K, 2]</c>.</param>
    /// <param name="weights"><c>[B, K]</c>; joints above 0 are visible.</param>
    /// <param name="areas">A <c>[B]</c>: the annotated area times (input width / crop width)².</param>
    /// <returns><c>[B]</c> from 0 to 1; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor Of(Tensor positions, Tensor joints, Tensor weights, Tensor areas)
    {
        Expect.Joints(joints, weights);
        Expect.Same(joints, positions, nameof(positions));
        if (joints.size(1) != Joints)
            throw new ArgumentException($"Expected {Joints} joints, found {joints.Describe()}.", nameof(joints));
        Expect.OnePerSample(areas, joints.size(0), "an area", nameof(areas));
        using var scope = NewDisposeScope();
        var x = positions.InFullPrecision();
        return Mean(PerJoint(x, joints, areas), weights.gt(Scalars.Zero)).MoveToOuterDisposeScope();
    }

    /// <summary>The similarity <c>[..., B, K]</c> of each joint: positions <c>[..., B, K, 2]</c> against joints <c>[B, K, 2]</c>.</summary>
    internal Tensor PerJoint(Tensor positions, Tensor joints, Tensor areas)
    {
        var scale = areas.to_type(positions.dtype).add(Spacing, Scalars.One).unsqueeze(1) * variances.Like(positions);
        return (positions.sub(joints.to_type(positions.dtype)).Squared().sum(-1) / scale).neg().exp();
    }

    /// <summary>The mean over the joints of a mask, 0 where there is none.</summary>
    internal static Tensor Mean(Tensor perJoint, Tensor mask)
    {
        // Filled, not multiplied: an unlabeled joint may lie anywhere, even at NaN.
        var sum = perJoint.masked_fill(mask.logical_not(), Scalars.Zero).sum(-1);
        return sum / mask.sum(-1, type: perJoint.dtype).clamp_min(Scalars.One);
    }
}
