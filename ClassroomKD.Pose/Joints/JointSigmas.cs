namespace ClassroomKD.Pose;

/// <summary>How far annotators differ on each joint, as a fraction of the person's scale: the spreads of OKS.</summary>
public static class JointSigmas
{
    /// <summary>COCO's 17 joints: nose, eyes, ears, shoulders, elbows, wrists, hips, knees, ankles, left before right.</summary>
    public static IReadOnlyList<double> Coco { get; } =
        [.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089];

    /// <summary>
    /// MPII's 16 joints in its order (r-ankle to l-hip to l-ankle, pelvis, thorax, neck, head, r-wrist to l-wrist), the values MMPose uses;
    /// MPII itself defines none.
    /// </summary>
    public static IReadOnlyList<double> Mpii { get; } =
        [.089, .083, .107, .107, .083, .089, .026, .026, .026, .026, .062, .072, .179, .179, .072, .062];
}
