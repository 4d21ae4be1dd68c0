namespace ClassroomKD.Vision;

/// <summary>
/// KL to the mean of the mentors' probabilities: the ensemble is the teacher (Hinton et al., "Distilling the Knowledge in a Neural
/// Network", 2015; You et al., KDD 2017).
/// </summary>
/// <remarks>
/// With weights w, of sum W over the mentors of a sample, and temperatures T, whose mean weighted like the mentors is U:
/// <c>W U² KL(sum_m w_m/W softmax(z_m/T_m) || softmax(z_0/U))</c>. The student's and the mentors' temperatures may differ, as in
/// <see cref="DynamicTemperaturePace"/>. With <see cref="UniformRanker"/> and <see cref="ConstantPace"/> it is the classical ensemble. It
/// is never above the weighted mean of the mentors' own divergences (KL is convex). A class that the student masks, or every mentor that
/// teaches the sample, counts for nothing; to one that some mentors mask, these give no probability.
/// </remarks>
public sealed class EnsembleLoss : IJointLogitsLoss
{
    /// <inheritdoc/>
    public Tensor PerMentor(in JointLogitsLossArguments arguments)
    {
        using var scope = NewDisposeScope();
        var logits = arguments.Student.InFullPrecision();
        var weights = arguments.Weights.to(logits.dtype);
        var total = weights.sum(dim: 0);
        var nobody = total.eq(Scalars.Zero);
        var shares = weights.div(total.masked_fill(nobody, Scalars.One));
        Tensor Mean(Tensor temperatures) => shares.mul(temperatures).sum(dim: 0).masked_fill(nobody, Scalars.One);
        var (mentorTemperature, studentTemperature) = (Mean(arguments.Temperatures), Mean(arguments.StudentTemperatures));

        var temperatures = arguments.Temperatures;
        var silent = weights.eq(Scalars.Zero).unsqueeze(2);
        var byEach = stack([.. arguments.Mentors.Select((mentor, m) => mentor.Masks().logical_or(silent.select(0, m)))]);
        var masked = logits.Masks().logical_or(byEach.all(0));
        var probabilities = stack([.. arguments.Mentors.Select((mentor, m) =>
        {
            var hidden = masked.logical_or(mentor.Masks());
            return mentor.to(logits.dtype).Tempered(temperatures.select(0, m)).LogShares(hidden).exp().masked_fill(hidden, Scalars.Zero);
        })]);
        var mean = probabilities.mul(shares.unsqueeze(2)).sum(dim: 0);
        // What has no probability adds nothing, however improbable the student finds it.
        var absent = mean.eq(Scalars.Zero);
        var student = logits.Tempered(studentTemperature).LogShares(masked);
        var ratio = mean.log().masked_fill(absent, Scalars.Zero).sub(student.masked_fill(absent, Scalars.Zero));
        var parts = probabilities.mul(ratio).sum(2).mul(shares).mul(total.mul(mentorTemperature).mul(studentTemperature));
        return parts.MoveToOuterDisposeScope();
    }
}
