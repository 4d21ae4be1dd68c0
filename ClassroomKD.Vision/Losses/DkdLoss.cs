namespace ClassroomKD.Vision;

/// <summary>
/// Decoupled knowledge distillation (Zhao et al., "Decoupled Knowledge Distillation", CVPR 2022): the KL is split into a part for the true
/// class (TCKD) and a part for the other classes among themselves (NCKD), with a weight for each.
/// </summary>
public sealed class DkdLoss : ILogitsDistillationLoss
{
    /// <summary>
    /// <c>T² (alpha TCKD + beta NCKD)</c>. T² is the product of both temperatures. It is finite for all finite logits, because it uses
    /// log-odds and a masked log-softmax instead of logarithms of probabilities.
    /// </summary>
    /// <param name="student">The student's logits <c>[B, C]</c>; with a single class the loss is 0.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <param name="targetDistribution">The truth <c>[B, C]</c>; the largest class of a soft target is the true one.</param>
    /// <param name="mentorTemperatures">The mentor's temperature for each sample <c>[B]</c>.</param>
    /// <param name="studentTemperatures">The student's temperature for each sample <c>[B]</c>.</param>
    /// <param name="alpha">The weight of TCKD.</param>
    /// <param name="beta">The weight of NCKD.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(
        Tensor student, Tensor mentor, Tensor targetDistribution, Tensor mentorTemperatures, Tensor studentTemperatures,
        double alpha, double beta)
    {
        LogitsExtensions.RequireAll([student, mentor, targetDistribution, mentorTemperatures, studentTemperatures]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        mentorTemperatures = mentorTemperatures.to(student.dtype);
        studentTemperatures = studentTemperatures.to(student.dtype);
        var target = targetDistribution.argmax(1, keepdim: true);
        var targetMask = nn.functional.one_hot(target.squeeze(1), student.size(1)).to(ScalarType.Bool);

        // Without the target, or without any other class, there is nothing to tell apart.
        var masked = student.MaskedWith(mentor);
        var hidden = masked.logical_or(targetMask);
        var alone = hidden.all(1).logical_or(masked.gather(1, target).squeeze(1));
        var (mentorOdds, mentorOthers) = Decoupled(mentor.to(student.dtype).Tempered(mentorTemperatures), target, hidden, alone);
        var (studentOdds, studentOthers) = Decoupled(student.Tempered(studentTemperatures), target, hidden, alone);

        var targetDivergence = BinaryDivergence(mentorOdds, studentOdds);
        var othersDivergence = mentorOthers.exp().mul(mentorOthers.sub(studentOthers)).masked_fill(hidden, Scalars.Zero).sum(1);
        // Tensors of no dimension instead of scalars: the scope keeps them alive while native code reads them.
        var weighted = targetDivergence.mul(tensor(alpha)).add(othersDivergence.mul(tensor(beta)), Scalars.One);
        return weighted.mul(mentorTemperatures.mul(studentTemperatures)).MoveToOuterDisposeScope();
    }

    /// <summary>Creates the loss. The defaults are the paper's for CIFAR-100, with a constant temperature of 4.</summary>
    /// <param name="alpha">The weight of TCKD, finite.</param>
    /// <param name="beta">The weight of NCKD, finite; the paper chooses it by the gap between mentor and student.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not finite.</exception>
    public DkdLoss(double alpha = 1, double beta = 8) =>
        (Alpha, Beta) = (LogitsExtensions.Finite(alpha), LogitsExtensions.Finite(beta));

    /// <summary>The weight of TCKD.</summary>
    public double Alpha { get; }

    /// <summary>The weight of NCKD.</summary>
    public double Beta { get; }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(
        arguments.Student, arguments.Mentor, arguments.TargetDistribution, arguments.Temperatures, arguments.StudentTemperatures,
        Alpha, Beta);

    /// <summary>Log-odds of the target <c>[B]</c>, 0 where it is alone, and log-probabilities of the others, 0 at what is none.</summary>
    private static (Tensor Odds, Tensor Others) Decoupled(Tensor logits, Tensor target, Tensor hidden, Tensor alone)
    {
        var shown = logits.masked_fill(alone.unsqueeze(1), Scalars.Zero);
        var mass = shown.Without(hidden).masked_fill(hidden.all(1, keepdim: true), Scalars.Zero).logsumexp(1, keepdim: true);
        return (
            shown.gather(1, target).sub(mass).squeeze(1).masked_fill(alone, Scalars.Zero),
            shown.sub(mass).masked_fill(hidden, Scalars.Zero));
    }

    /// <summary>KL between two Bernoulli distributions given by their log-odds.</summary>
    private static Tensor BinaryDivergence(Tensor mentorOdds, Tensor studentOdds)
    {
        var hit = mentorOdds.sigmoid().mul(mentorOdds.log_sigmoid().sub(studentOdds.log_sigmoid()));
        var (mentorMiss, studentMiss) = (mentorOdds.neg(), studentOdds.neg());
        var miss = mentorMiss.sigmoid().mul(mentorMiss.log_sigmoid().sub(studentMiss.log_sigmoid()));
        return hit.add(miss, Scalars.One);
    }
}
