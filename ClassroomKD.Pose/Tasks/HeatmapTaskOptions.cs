using System.ComponentModel.DataAnnotations;

namespace ClassroomKD.Pose;

/// <summary>A student's loss against the true heatmaps; w is the joint's weight.</summary>
public enum HeatmapLoss
{
    /// <summary>HRNet's <see cref="JointsMseLoss"/>: per sample <c>(1/K) sum_k 1/2 mean over H, W of (w P - w T)²</c>.</summary>
    JointsMse,

    /// <summary>MMPose's <see cref="KeypointMseLoss"/>: per sample <c>mean over K, H, W of w (P - T)²</c>.</summary>
    KeypointMse,

    /// <summary>HRNet's <see cref="OhkmLoss"/>: per sample the mean of the hardest joints' <c>1/2 mean over H, W of (w P - w T)²</c>.</summary>
    JointsOhkm,

    /// <summary>MMPose's <see cref="OhkmLoss"/>: the same without the half.</summary>
    KeypointOhkm,
}

/// <summary>A student's loss against a mentor's heatmaps.</summary>
public enum HeatmapDistillation
{
    /// <summary><see cref="SpatialKlLoss"/>: per sample <c>T² KL(softmax(beta h_m / T) || softmax(beta h_s / T))</c>, mean over the visible joints.</summary>
    SpatialKl,

    /// <summary><see cref="FastPoseDistillation"/>: the truth's loss times 1 - a, and a times <see cref="JointsMseLoss"/> to the mentor. It has no temperature.</summary>
    FastPose,
}

/// <summary>The settings of <see cref="HeatmapTask"/>.</summary>
public sealed class HeatmapTaskOptions : PoseTaskOptions
{
    /// <summary>The loss against the truth.</summary>
    /// <value>Default <see cref="HeatmapLoss.JointsMse"/>.</value>
    [EnumDataType(typeof(HeatmapLoss))]
    public HeatmapLoss Loss { get; set; }

    /// <summary>How many joints are the hardest.</summary>
    /// <value>Default 8.</value>
    [Range(1, int.MaxValue)]
    public int HardestJoints { get; set; } = 8;

    /// <summary>The loss against mentors.</summary>
    /// <value>Default <see cref="HeatmapDistillation.SpatialKl"/>.</value>
    [EnumDataType(typeof(HeatmapDistillation))]
    public HeatmapDistillation Distillation { get; set; }

    /// <summary>a of <see cref="HeatmapDistillation.FastPose"/>, the mentors' share.</summary>
    /// <value>Default 0.5.</value>
    [Range(0.0, 1.0)]
    public double FastPoseShare { get; set; } = 0.5;
}
