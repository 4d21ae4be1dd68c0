namespace ClassroomKD.Vision;

/// <summary>The mean squared difference of the logits (Ba and Caruana, "Do Deep Nets Really Need to be Deep?", NeurIPS 2014).</summary>
/// <remarks>Temperatures are ignored; this is the limit of a high temperature.</remarks>
public sealed class LogitsMseLoss : ILogitsDistillationLoss
{
    private static readonly long[] Classes = [1];

    /// <summary><c>mean_c (student[i,c] - mentor[i,c])²</c>, so that the mean over the batch is the usual MSE.</summary>
    /// <param name="student">The student's logits <c>[B, C]</c>.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(Tensor student, Tensor mentor)
    {
        LogitsExtensions.RequireAll(student, mentor);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        var difference = student.sub(mentor.to(student.dtype));
        return difference.mul(difference).mean(Classes).MoveToOuterDisposeScope();
    }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(arguments.Student, arguments.Mentor);
}
