namespace ClassroomKD;

/// <summary>Answers that are no logits yet.</summary>
internal static class AnswerForms
{
    // How far from 1 the sum of a row of probabilities may be; half precision needs this.
    private static readonly Scalar Tolerance = Scalars.Of(0.01);
    private static readonly Scalar LeastLog = Scalars.Of(Math.Log(1.17549435e-38));

    /// <summary>The logarithm of probabilities, not below that of the smallest normal float32; NaN for a negative number.</summary>
    public static Tensor Logits(Tensor probabilities) => probabilities.InFullPrecision().log().clamp_min(LeastLog);

    /// <summary>Whether each row could have come out of a softmax.</summary>
    public static Tensor AreProbabilities(Tensor rows) => rows.ge(Scalars.Zero).all(1).logical_and(SumToOne(rows));

    /// <summary>Whether each row could have come out of the logarithm of a softmax.</summary>
    public static Tensor AreLogProbabilities(Tensor rows) => rows.le(Scalars.Zero).all(1).logical_and(SumToOne(rows.exp()));

    private static Tensor SumToOne(Tensor rows) => rows.sum(1).sub(Scalars.One).abs().le(Tolerance);
}
