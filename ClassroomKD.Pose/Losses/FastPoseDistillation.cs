namespace ClassroomKD.Pose;

/// <summary>Fast pose distillation (FPD, arXiv 1811.05419): <c>(1 - a) J(S, truth) + a J(S, mentor)</c>, J being HRNet's loss.</summary>
/// <remarks>
/// <see cref="PerSample"/> is the second term. <see cref="TruthShare"/> is the factor of the first, the loss that the task has against the
/// truth. One mentor of weight 1 gives FPD as published. There is no temperature.
/// </remarks>
public sealed class FastPoseDistillation : IPoseDistillationLoss<Tensor>
{
    private static readonly JointsMseLoss Error = new();

    private readonly Scalar share;

    /// <summary>Creates a distillation with a share for the mentors.</summary>
    /// <param name="alpha">a, the mentors' share, from 0 to 1. Default 0.5.</param>
    /// <exception cref="ArgumentException">Alpha is outside 0 to 1.</exception>
    public FastPoseDistillation(double alpha = .5)
    {
        if (!(alpha >= 0 && alpha <= 1))
            throw new ArgumentException($"Expected alpha from 0 to 1, found {alpha}.", nameof(alpha));
        (share, TruthShare) = (Scalars.Of(alpha), 1 - alpha);
    }

    /// <summary>1 - a.</summary>
    public double TruthShare { get; }

    /// <inheritdoc/>
    /// <exception cref="ArgumentException">A shape does not fit.</exception>
    public Tensor PerSample(in PoseDistillationArguments<Tensor> arguments)
    {
        using var scope = NewDisposeScope();
        return Error.PerSample(new() { Student = arguments.Student, Target = arguments.Mentor, Weights = arguments.Weights })
            .mul(share).MoveToOuterDisposeScope();
    }
}
