using System.ComponentModel.DataAnnotations;
using ClassroomKD.Kernels;

namespace ClassroomKD.Pose;

/// <summary>The settings that the tasks of heatmaps and of SimCC have in common.</summary>
public abstract class PoseTaskOptions
{
    // The interfaces of losses do not know the losses, so they cannot name their converter by an attribute of their own.
    static PoseTaskOptions() => PoseLossConverter.Register();

    /// <summary>The spread of each of the classroom's joints for OKS, as a fraction of the person's scale.</summary>
    /// <value>Default: those of <see cref="JointLayout.Coco"/>.</value>
    [Required]
    public IReadOnlyList<double> Sigmas { get; set; } = JointLayout.Coco.Sigmas;

    /// <summary>How much each joint counts in the loss against the truth; one of weight 0 is left out everywhere.</summary>
    /// <value>Default null: 1. HRNet's are 1, for elbows and knees 1.2, for wrists and ankles 1.5.</value>
    public IReadOnlyList<double>? JointWeights { get; set; }

    /// <summary>Whether performances are measured at the mean of each belief (soft OKS) in place of its decoded peak.</summary>
    /// <value>Default false: it ranks a little worse, and differs more between resolutions and heads.</value>
    public bool SoftPerformance { get; set; }

    /// <summary>The OKS from which on an answer is right, for rankers that ask.</summary>
    /// <value>Default null: a pose is not right or wrong, and <c>RequireCorrect</c> of the paper's preset has no effect.</value>
    [InRange(0.0, 1.0)]
    public double? CorrectFrom { get; set; }

    /// <summary>A factor on all that mentors add to the loss: how much they count beside the truth.</summary>
    /// <value>Default 1. A <see cref="SpatialKlLoss"/> is then nearly all of the loss, which did best with the preset
    /// <see cref="ClassroomPreset.Recommended"/> (docs/pose.md, "Which preset"). <see cref="ClassroomPreset.Paper"/> needs about 0.001:
    /// its temperatures enter by their square.</value>
    [InRange(0.0, double.MaxValue)]
    public double DistillationFactor { get; set; } = 1;

    /// <summary>Who computes a <see cref="SpatialKlLoss"/>; no effect with another loss.</summary>
    /// <value>Default <see cref="KernelImplementation.Auto"/>.</value>
    [EnumDataType(typeof(KernelImplementation))]
    public KernelImplementation Kernel { get; set; }
}
