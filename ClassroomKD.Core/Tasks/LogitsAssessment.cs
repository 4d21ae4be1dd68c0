using ClassroomKD.Kernels;

namespace ClassroomKD;

/// <summary>The assessment of logits, which also tells cross-entropies, entropies and largest logits.</summary>
/// <param name="student">The student's logits <c>[B, C]</c>, detached.</param>
/// <param name="mentors">The mentors' logits over the classes that each shares with the student.</param>
/// <param name="crossEntropies">The cross-entropies <c>[1+M, B]</c>, at the classroom's granularity.</param>
/// <param name="finite">Whether each answer is free of NaN and infinity, <c>[1+M, B]</c>.</param>
internal sealed class LogitsAssessment(Tensor student, IReadOnlyList<Tensor> mentors, Tensor crossEntropies, Tensor finite) : Assessment
{
    public override Tensor CrossEntropies() => crossEntropies;

    public override Tensor Entropies() => OfEach(static logits =>
    {
        var logProbabilities = logits.log_softmax(1);
        return logProbabilities.exp().mul(logProbabilities).sum(1).neg();
    });

    public override Tensor LargestLogits() => OfEach(static logits => logits.amax([1]));

    // An answer with a NaN would spoil what is shared among all mentors; as zeros it knows nothing.
    private Tensor OfEach(Func<Tensor, Tensor> measure) => stack(
        [.. mentors.Prepend(student).Select((logits, k) =>
            measure(logits.InFullPrecision().masked_fill(finite.select(0, k).unsqueeze(1).logical_not(), Scalars.Zero)))]);
}
