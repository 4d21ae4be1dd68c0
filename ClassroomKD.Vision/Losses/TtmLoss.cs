namespace ClassroomKD.Vision;

/// <summary>
/// Transformed teacher matching (Zheng and Yang, "Knowledge Distillation Based on Transformed Teacher Matching", ICLR 2024): only the
/// mentor is softened, which is KD with a Rényi entropy regularizer.
/// </summary>
/// <remarks>The exponent is <c>1/T</c> of the pace's temperature; a constant pace of 5 gives the paper's gamma of 0.2.</remarks>
public sealed class TtmLoss : ILogitsDistillationLoss
{
    /// <summary><c>KL(p^gamma / sum p^gamma || softmax(student))</c>, <c>p = softmax(mentor)</c>, <c>gamma = 1/T</c>.</summary>
    /// <param name="student">The student's logits <c>[B, C]</c>; always at temperature 1.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <param name="mentorTemperatures">The mentor's temperature for each sample <c>[B]</c>.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor student, Tensor mentor, Tensor mentorTemperatures)
    {
        LogitsExtensions.RequireAll([student, mentor, mentorTemperatures]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        // p^gamma, normalized, is the softmax of the logits divided by T.
        var transformed = mentor.to(student.dtype).Tempered(mentorTemperatures.to(student.dtype));
        return transformed.KullbackLeiblerTo(student, student.MaskedWith(mentor)).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(arguments.Student, arguments.Mentor, arguments.Temperatures);
}
