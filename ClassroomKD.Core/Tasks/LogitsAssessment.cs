using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>The assessment of logits, which also tells cross-entropies, entropies, divergences and largest logits.</summary>
/// <param name="student">The student's logits <c>[B, C]</c>, detached.</param>
/// <param name="mentors">The mentors' logits over the classes that each shares with the student.</param>
/// <param name="answers">The mentors' logits as they answered.</param>
/// <param name="crossEntropies">The cross-entropies <c>[1+M, B]</c>, at the classroom's granularity.</param>
/// <param name="finite">Whether each answer is free of NaN and infinity but for masked classes, <c>[1+M, B]</c>.</param>
/// <param name="maps">The mentors' class maps; null where all have the student's classes.</param>
/// <param name="truth">Gives the true class of each sample, int64 <c>[B]</c>; any where the sample does not count.</param>
internal sealed class LogitsAssessment(
    Tensor student, IReadOnlyList<Tensor> mentors, IReadOnlyList<Tensor> answers, Tensor crossEntropies, Tensor finite,
    IReadOnlyList<ClassMap?>? maps, Func<Tensor> truth) : Assessment
{
    private static readonly Scalar Mask = Scalars.Of(double.NegativeInfinity);

    public override Tensor CrossEntropies() => crossEntropies;

    public override Tensor Entropies() => OfEach(static logits =>
    {
        var logProbabilities = logits.log_softmax(1);
        return logProbabilities.exp().mul(logProbabilities).masked_fill(logProbabilities.eq(Mask), Scalars.Zero).sum(1).neg();
    });

    public override Tensor LargestLogits() => OfEach(static logits => logits.amax([1]));

    public override Tensor Divergences() => stack([.. mentors.Select((logits, m) =>
    {
        var known = finite.select(0, 1 + m).logical_and(finite.select(0, 0)).unsqueeze(1).logical_not();
        var own = MappedLogits.IsPartial(maps, m) ? student.index_select(1, maps![m]!.Beside(student).Student) : student;
        var mentor = logits.InFullPrecision().masked_fill(known, Scalars.Zero).log_softmax(1);
        return mentor.exp().mul(mentor.sub(own.InFullPrecision().masked_fill(known, Scalars.Zero).log_softmax(1))).sum(1);
    })]);

    /// <summary>Whether the largest logits are of one class; a mentor's is sought among the classes that it shares with the
    /// student.</summary>
    public override Tensor Agreements()
    {
        var own = student.argmax(1);
        return stack([.. mentors.Select((logits, m) =>
        {
            var prediction = logits.argmax(1);
            var known = MappedLogits.IsPartial(maps, m) ? maps![m]!.Beside(prediction).Student.index_select(0, prediction) : prediction;
            return known.eq(own);
        })]);
    }

    // A single class is certain whatever is answered.
    internal override Tensor? LookLikeProbabilities() => student.size(1) < 2
        ? null
        : stack([.. answers.Prepend(student).Select(rows => AnswerForms.AreProbabilities(rows.InFullPrecision()))]);

    public override AssessedGroups Groups()
    {
        var eligible = Eligible!;
        var counted = Counted ?? ones_like(eligible.select(0, 0));
        return new AssessedGroups
        {
            Count = (int)student.size(1),
            Members = truth().unsqueeze(1),
            Eligible = cat([counted.unsqueeze(0), eligible]).unsqueeze(2),
            Performances = Performances.unsqueeze(2),
        };
    }

    // An answer with a NaN would spoil what is shared among all mentors; as zeros it knows nothing.
    private Tensor OfEach(Func<Tensor, Tensor> measure) => stack(
        [.. mentors.Prepend(student).Select((logits, k) =>
            measure(logits.InFullPrecision().masked_fill(finite.select(0, k).unsqueeze(1).logical_not(), Scalars.Zero)))]);
}
