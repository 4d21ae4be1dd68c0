namespace ClassroomKD.Pose;

/// <summary>The truth about a batch of persons. Its tensors stay their maker's.</summary>
public sealed class PoseTarget
{
    /// <summary>Creates the truth from annotated joints.</summary>
    /// <param name="joints">
    /// x and y in input pixels <c>[B, K, 2]</c>, floating-point; anything where not annotated. A joint at NaN or infinity counts as not
    /// annotated.
    /// </param>
    /// <param name="visibility"><c>[B, K]</c>: 0 where a joint is not annotated, above 0 where it is, all alike (as COCO's v).</param>
    /// <param name="areas"><c>[B]</c>, the annotated area (MPII: <see cref="KeypointBox.PersonArea"/>) times (input / crop width)². One
    /// that is negative or not finite counts as 0: nobody performs on that person.</param>
    /// <exception cref="ArgumentException">A shape does not fit, or there is no sample.</exception>
    public PoseTarget(Tensor joints, Tensor visibility, Tensor areas)
    {
        Expect.Joints(joints, visibility);
        Expect.OnePerSample(areas, joints.size(0), "an area", nameof(areas));
        if (joints.size(0) == 0)
            throw new ArgumentException($"Expected one sample at least, found {joints.Describe()}.", nameof(joints));
        (Joints, Visibility, Areas) = (joints, visibility, areas);
    }

    /// <summary>x and y in input pixels <c>[B, K, 2]</c></summary>
    public Tensor Joints { get; }

    /// <summary>Above 0 where annotated <c>[B, K]</c></summary>
    public Tensor Visibility { get; }

    /// <summary>Areas in square input pixels <c>[B]</c></summary>
    public Tensor Areas { get; }

    /// <summary>The truth as a heatmap student should answer it, drawn in advance; its weights then are the truth's.</summary>
    /// <value>Default null: drawn at each step by the student's codec.</value>
    public HeatmapTarget? Heatmaps { get; init; }

    /// <summary>The truth as a SimCC student should answer it, drawn in advance; its weights then are the truth's.</summary>
    /// <value>Default null: drawn at each step by the student's codec.</value>
    public SimccTarget? Bins { get; init; }
}
