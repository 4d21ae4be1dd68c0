namespace ClassroomKD.Vision;

/// <summary>
/// DIST (Huang et al., "Knowledge Distillation from A Stronger Teacher", NeurIPS 2022): the student must agree with the mentor only up to a
/// linear map, over the classes of a sample (inter) and over the samples of a class (intra).
/// </summary>
public sealed class DistLoss : ILogitsDistillationLoss
{
    private static readonly Scalar Epsilon = Scalars.Of(1e-8);

    /// <summary>
    /// <c>T² (beta (1 - r_i) + gamma (1 - mean_c r_c))</c> on <c>softmax(z/T)</c>, where r_i is Pearson's correlation over the classes of
    /// sample i and r_c over the samples of class c. The second part is one number, given to every sample. T² is the product of both
    /// temperatures, as in the paper's released code.
    /// </summary>
    /// <remarks>
    /// A row or column that does not vary by more than rounding has r = 0, with gradient 0; for a single sample intra is therefore 1.
    /// </remarks>
    /// <param name="student">The student's logits <c>[B, C]</c>.</param>
    /// <param name="mentor">The mentor's logits <c>[B, C]</c>.</param>
    /// <param name="mentorTemperatures">The mentor's temperature for each sample <c>[B]</c>.</param>
    /// <param name="studentTemperatures">The student's temperature for each sample <c>[B]</c>.</param>
    /// <param name="beta">The weight of the relation over classes.</param>
    /// <param name="gamma">The weight of the relation over the batch.</param>
    /// <returns>The loss of each sample <c>[B]</c>, float32 at least, in the caller's dispose scope.</returns>
    public static Tensor Compute(
        Tensor student, Tensor mentor, Tensor mentorTemperatures, Tensor studentTemperatures, double beta, double gamma)
    {
        LogitsExtensions.RequireAll([student, mentor, mentorTemperatures, studentTemperatures]);
        using var scope = NewDisposeScope();
        student = student.InFullPrecision();
        mentorTemperatures = mentorTemperatures.to(student.dtype);
        studentTemperatures = studentTemperatures.to(student.dtype);
        var masked = student.MaskedWith(mentor);
        var learned = student.Tempered(studentTemperatures).LogShares(masked).exp();
        var taught = mentor.to(student.dtype).Tempered(mentorTemperatures).LogShares(masked).exp();

        var inter = Dissimilarity(learned, taught, masked);
        var columns = masked.transpose(0, 1);
        var nowhere = columns.all(1);
        var intra = Dissimilarity(learned.transpose(0, 1), taught.transpose(0, 1), columns).masked_fill(nowhere, Scalars.Zero).sum()
            .div(nowhere.logical_not().sum().clamp_min(Scalars.One));
        // Tensors of no dimension instead of scalars: the scope keeps them alive while native code reads them.
        var weighted = inter.mul(tensor(beta)).add(intra.mul(tensor(gamma)), Scalars.One);
        return weighted.mul(mentorTemperatures.mul(studentTemperatures)).MoveToOuterDisposeScope();
    }

    /// <summary>Creates the loss. The defaults are the paper's for ImageNet, with a constant temperature of 1.</summary>
    /// <param name="beta">The weight of the relation over classes, finite.</param>
    /// <param name="gamma">The weight of the relation over the batch, finite.</param>
    /// <exception cref="ArgumentOutOfRangeException">A weight is not finite.</exception>
    public DistLoss(double beta = 1, double gamma = 1) =>
        (Beta, Gamma) = (LogitsExtensions.Finite(beta), LogitsExtensions.Finite(gamma));

    /// <summary>The weight of the relation over classes.</summary>
    public double Beta { get; }

    /// <summary>The weight of the relation over the batch.</summary>
    public double Gamma { get; }

    /// <inheritdoc/>
    public Tensor PerSample(in LogitsLossArguments arguments) => Compute(
        arguments.Student, arguments.Mentor, arguments.Temperatures, arguments.StudentTemperatures, Beta, Gamma);

    /// <summary>1 - Pearson's correlation of each row of two matrices, over the elements that are not masked.</summary>
    private static Tensor Dissimilarity(Tensor learned, Tensor taught, Tensor masked)
    {
        var (a, learnedVaries) = Variation.Of(learned, masked);
        var (b, taughtVaries) = Variation.Of(taught, masked);

        // Where a row does not vary its norm is rounding, and so is the direction of its gradient.
        var still = learnedVaries.logical_and(taughtVaries).logical_not();
        a = a.masked_fill(still, Scalars.Zero);
        var correlation = a.mul(b).sum(1).div(a.norm(dim: 1).mul(b.norm(dim: 1)).add(Epsilon, Scalars.One));
        return correlation.masked_fill(still.squeeze(1), Scalars.Zero).neg().add(Scalars.One, Scalars.One);
    }
}
