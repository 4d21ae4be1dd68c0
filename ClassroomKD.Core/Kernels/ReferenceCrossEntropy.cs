namespace ClassroomKD.Kernels;

/// <summary><see cref="MultiMentorCrossEntropy"/> in tensor operations, answer by answer.</summary>
internal static class ReferenceCrossEntropy
{
    private static readonly Scalar Infinity = Scalars.Of(double.PositiveInfinity);
    private static readonly Scalar Mask = Scalars.Of(double.NegativeInfinity);

    public static MultiMentorCrossEntropyResult Compute(in CrossEntropyInput input)
    {
        using var scope = NewDisposeScope();
        var (student, indices) = (input.Logits[0], input.TargetsAreIndices);
        var ignore = Scalars.Of(input.IgnoreIndex);
        var zero = zeros_like(student.select(1, 0));
        var infinity = full_like(zero, Infinity);
        var counted = indices ? input.Targets.ne(ignore) : ones_like(zero, ScalarType.Bool);
        var label = indices ? where(counted, input.Targets, zeros_like(input.Targets)) : input.Targets.argmax(1);
        var crossEntropies = new Tensor[input.Logits.Length];
        var correct = new Tensor[input.Logits.Length];
        var finite = new Tensor[input.Logits.Length];
        for (var k = 0; k < input.Logits.Length; k++)
        {
            var logits = input.Logits[k];
            var logShares = special.log_softmax(logits, 1);
            var ofTruth = logShares.gather(1, label.unsqueeze(1)).squeeze(1).neg();
            var crossEntropy = indices ? ofTruth : where(ofTruth.lt(Infinity), OfDistribution(input.Targets, logShares), infinity);
            finite[k] = logits.lt(Infinity).all(1).logical_and(logits.amax([1]).gt(Mask));
            crossEntropies[k] = where(counted, where(finite[k], crossEntropy, infinity), zero);
            correct[k] = logits.argmax(1).eq(label).logical_and(counted).logical_and(finite[k]);
        }

        return new MultiMentorCrossEntropyResult
        {
            CrossEntropy = stack(crossEntropies).MoveToOuterDisposeScope(),
            Correct = stack(correct).MoveToOuterDisposeScope(),
            Finite = stack(finite).MoveToOuterDisposeScope(),
        };
    }

    // What the truth gives to masked classes is given to the others in proportion.
    private static Tensor OfDistribution(Tensor truth, Tensor logShares)
    {
        var masked = logShares.eq(Mask);
        var kept = truth.masked_fill(masked, Scalars.Zero);
        var crossEntropy = kept.mul(logShares.masked_fill(masked, Scalars.Zero)).sum(1).neg();
        var mass = kept.sum(1);
        return where(masked.any(1).logical_and(mass.gt(Scalars.Zero)), crossEntropy * truth.sum(1) / mass, crossEntropy);
    }
}
