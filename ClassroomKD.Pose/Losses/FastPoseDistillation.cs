using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Fast pose distillation (FPD, arXiv 1811.05419): heatmaps learn from the truth and from a teacher's heatmaps at once.</summary>
public static class FastPoseDistillation
{
    /// <summary><c>(1 - a) J(S, truth) + a J(S, teacher)</c>, J being <see cref="JointsMseLoss"/>; one mask serves both terms.</summary>
    /// <param name="student">S, predicted <c>[B, K, H, W]</c></param>
    /// <param name="truth">encoded heatmaps, same shape</param>
    /// <param name="teacher">a teacher's heatmaps, same shape; detach them</param>
    /// <param name="weights"><c>[B, K]</c></param>
    /// <param name="alpha">a, the teacher's share from 0 to 1; default .5</param>
    /// <returns>A scalar, differentiable in S; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">A shape does not fit, or alpha is outside 0 to 1.</exception>
    public static Tensor Compute(Tensor student, Tensor truth, Tensor teacher, Tensor weights, double alpha = .5)
    {
        if (!(alpha >= 0 && alpha <= 1))
            throw new ArgumentException($"Expected alpha from 0 to 1, found {alpha}.", nameof(alpha));
        using var scope = NewDisposeScope();
        var fromTruth = JointsMseLoss.Compute(student, truth, weights) * tensor(1 - alpha);
        var fromTeacher = JointsMseLoss.Compute(student, teacher, weights) * tensor(alpha);
        return fromTruth.add(fromTeacher, Scalars.One).MoveToOuterDisposeScope();
    }
}
