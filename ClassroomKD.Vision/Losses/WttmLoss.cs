namespace ClassroomKD.Vision;

/// <summary>
/// Weighted transformed teacher matching (Zheng and Yang, "Knowledge Distillation Based on Transformed Teacher Matching", ICLR 2024):
/// <see cref="TtmLoss"/> times the spread of the mentor's answer, so that samples with an informative answer count more.
/// </summary>
/// <remarks>The exponent is <c>1/T</c> of the pace's temperature; a constant pace of 5 gives the paper's gamma of 0.2.</remarks>
public sealed class WttmLoss : ILogitsDistillationLoss
{
    /// <summary><c>U_i TTM_i</c> with <c>U = sum_c p_c^gamma</c>, <c>p = softmax(mentor)</c>, <c>gamma = 1/T</c>.</summary>
    /// <param name="student">The student's logits <c>[B, C]</c>; always at temperature 1.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <param name="mentorTemperatures">The mentor's temperature for each sample <c>[B]</c>.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor student, Tensor mentor, Tensor mentorTemperatures)
    {
        LogitsExtensions.RequireAll([student, mentor, mentorTemperatures]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        mentorTemperatures = mentorTemperatures.to(student.dtype);
        var masked = student.MaskedWith(mentor);
        var powers = mentor.to(student.dtype).LogShares(masked).Tempered(mentorTemperatures).exp();
        var powerSum = powers.masked_fill(masked, Scalars.Zero).sum(1);
        return TtmLoss.Compute(student, mentor, mentorTemperatures).mul(powerSum).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(arguments.Student, arguments.Mentor, arguments.Temperatures);
}
