namespace ClassroomKD.Vision;

/// <summary>
/// KL on standardized logits (Sun et al., "Logit Standardization in Knowledge Distillation", CVPR 2024): the student learns only the shape
/// of the mentor's answer, not its scale.
/// </summary>
public sealed class LogitStandardizationLoss : ILogitsDistillationLoss
{
    private static readonly Scalar Epsilon = Scalars.Of(1e-7);

    /// <summary>
    /// <c>T² KL(softmax(Z(mentor)/T) || softmax(Z(student)/T))</c> with <c>Z(z) = (z - mean) / (1e-7 + std)</c> over the classes, the
    /// deviation with n-1. T² is the product of both temperatures.
    /// </summary>
    /// <remarks>Logits that do not vary, as those of a single class, have Z = 0, with gradient 0.</remarks>
    /// <param name="student">The student's logits <c>[B, C]</c>.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <param name="mentorTemperatures">The mentor's temperature for each sample <c>[B]</c>.</param>
    /// <param name="studentTemperatures">The student's temperature for each sample <c>[B]</c>.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor student, Tensor mentor, Tensor mentorTemperatures, Tensor studentTemperatures)
    {
        LogitsExtensions.RequireAll([student, mentor, mentorTemperatures, studentTemperatures]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        mentorTemperatures = mentorTemperatures.to(student.dtype);
        studentTemperatures = studentTemperatures.to(student.dtype);
        var masked = student.MaskedWith(mentor);
        var taught = Standardized(mentor.to(student.dtype), masked).Tempered(mentorTemperatures);
        var divergence = taught.KullbackLeiblerTo(Standardized(student, masked).Tempered(studentTemperatures), masked);
        return divergence.mul(mentorTemperatures.mul(studentTemperatures)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) =>
        Compute(arguments.Student, arguments.Mentor, arguments.Temperatures, arguments.StudentTemperatures);

    private static Tensor Standardized(Tensor logits, Tensor masked)
    {
        var (centered, varies) = Variation.Of(logits, masked);
        var count = masked.logical_not().sum(1, keepdim: true).sub(Scalars.One).clamp_min(Scalars.One);

        // Not of 0, where the gradient of a root is infinite.
        var variance = centered.mul(centered).sum(1, keepdim: true).div(count).masked_fill(varies.logical_not(), Scalars.One);
        return centered.masked_fill(varies.logical_not(), Scalars.Zero).div(variance.sqrt().add(Epsilon, Scalars.One));
    }
}
