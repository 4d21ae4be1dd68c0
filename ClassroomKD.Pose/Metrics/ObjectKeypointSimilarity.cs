namespace ClassroomKD.Pose;

/// <summary>
/// Object keypoint similarity (OKS), COCO's measure of how close a predicted person is to an annotated one: 1 for equal joints, 0 far away.
/// </summary>
/// <remarks>
/// The mean over the labeled joints of <c>exp(-d² / (2 area (2σ)²))</c>; with no joint labeled, d is the distance outside the
/// person's box doubled in size, over all joints.
/// </remarks>
public sealed class ObjectKeypointSimilarity
{
    // numpy.spacing(1): the COCO API adds it to the area before dividing.
    private const double Spacing = 2.220446049250313e-16;

    private readonly double[] variances;

    /// <summary>Creates the similarity for given spreads.</summary>
    /// <param name="sigmas">One spread per joint, such as those of <see cref="JointLayout.Coco"/>.</param>
    /// <exception cref="ArgumentException">There is no spread, or one is not above 0.</exception>
    public ObjectKeypointSimilarity(IReadOnlyList<double> sigmas)
    {
        Expect.Sigmas(sigmas);
        variances = [.. sigmas.Select(sigma => 2 * sigma * (2 * sigma))];
    }

    /// <summary>The number of joints K.</summary>
    public int Joints => variances.Length;

    /// <summary>The similarity of a predicted person to an annotated one.</summary>
    /// <param name="truth">The annotated person.</param>
    /// <param name="keypoints">Predicted x, y and a value that is not read, for each joint; length 3K.</param>
    /// <returns>0 to 1.</returns>
    /// <exception cref="ArgumentException">See <see cref="PerJoint"/>.</exception>
    public double Compute(CocoAnnotation truth, IReadOnlyList<double> keypoints)
    {
        Span<double> perJoint = stackalloc double[Joints];
        PerJoint(truth, keypoints, perJoint);
        var sum = 0.0;
        var count = 0;
        foreach (var similarity in perJoint)
        {
            if (double.IsNaN(similarity))
                continue;
            sum += similarity;
            count++;
        }
        return sum / count;
    }

    /// <summary>The similarity of each joint; their mean without the unlabeled ones is <see cref="Compute"/>.</summary>
    /// <param name="truth">The annotated person.</param>
    /// <param name="keypoints">Predicted x, y and a value that is not read, for each joint; length 3K.</param>
    /// <param name="similarities">Receives K values from 0 to 1; NaN for a joint that is not labeled on a person where others are.</param>
    /// <exception cref="ArgumentException">
    /// A length does not fit K joints, or a joint that is compared is predicted at NaN or infinity.
    /// </exception>
    public void PerJoint(CocoAnnotation truth, IReadOnlyList<double> keypoints, Span<double> similarities)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(keypoints);
        RequireJoints(truth.Keypoints.Count, $"annotation {truth.Id}", nameof(truth));
        RequireJoints(keypoints.Count, "the prediction", nameof(keypoints));
        if (similarities.Length != Joints)
            throw new ArgumentException($"Expected room for {Joints} joints, found {similarities.Length}.", nameof(similarities));

        var labeled = false;
        for (var k = 0; k < Joints && !labeled; k++)
            labeled = truth.Keypoints[3 * k + 2] > 0;
        var box = truth.Box;
        for (var k = 0; k < Joints; k++)
        {
            if (labeled && !(truth.Keypoints[3 * k + 2] > 0))
            {
                similarities[k] = double.NaN;
                continue;
            }
            var (x, y) = (keypoints[3 * k], keypoints[3 * k + 1]);
            if (!double.IsFinite(x + y))
                throw new ArgumentException(
                    $"Expected finite positions in the prediction, found ({x}, {y}) for joint {k}.", nameof(keypoints));
            var dx = labeled ? x - truth.Keypoints[3 * k] : Outside(x, box.X, box.Width);
            var dy = labeled ? y - truth.Keypoints[3 * k + 1] : Outside(y, box.Y, box.Height);
            similarities[k] = Math.Exp(-((dx * dx + dy * dy) / variances[k] / (truth.Area + Spacing) / 2));
        }
    }

    private static double Outside(double position, double start, double extent) =>
        Math.Max(0, start - extent - position) + Math.Max(0, position - (start + extent * 2));

    private void RequireJoints(int length, string what, string parameter)
    {
        if (length != 3 * Joints)
            throw new ArgumentException($"Expected {Joints} joints (x, y, v) in {what}, found {length} numbers.", parameter);
    }
}
