namespace ClassroomKD.Vision;

/// <summary>The mean squared difference of the logits (Ba and Caruana, "Do Deep Nets Really Need to be Deep?", NeurIPS 2014).</summary>
/// <remarks>Temperatures are ignored; this is the limit of a high temperature.</remarks>
public sealed class LogitsMseLoss : ILogitsDistillationLoss
{
    /// <summary><c>mean_c (student[i,c] - mentor[i,c])²</c>, so that the mean over the batch is the usual MSE; the
    /// mean is over the classes that neither masks.</summary>
    /// <param name="student">The student's logits <c>[B, C]</c>.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor student, Tensor mentor)
    {
        LogitsExtensions.RequireAll([student, mentor]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        var masked = student.MaskedWith(mentor);
        var difference = student.masked_fill(masked, Scalars.Zero).sub(mentor.to(student.dtype).masked_fill(masked, Scalars.Zero));
        return difference.mul(difference).sum(1).PerUnmasked(masked).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(arguments.Student, arguments.Mentor);
}
