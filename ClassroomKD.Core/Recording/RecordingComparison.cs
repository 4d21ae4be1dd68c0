namespace ClassroomKD;

/// <summary>How far recorded answers are from fresh ones, what the form leaves out aside.</summary>
internal static class RecordingComparison
{
    /// <returns>The largest difference as a part of the largest number; infinite if one answer is not finite where the other is.</returns>
    public static double Of<TAnswer, TTarget>(RecordedAnswers answers, Mentor<TAnswer> mentor, in TrainingBatch<TTarget> batch)
    {
        using var noGradient = no_grad();
        using var scope = NewDisposeScope();
        var recorded = answers.Kept(new MentorQuestion { Input = batch.Input, Number = batch.Number, Samples = batch.Samples,
            Variant = batch.Variant });
        Tensor[] fresh = [.. AnswerTensors.Of(mentor.Answer(batch.Input))];
        var worst = 0.0;
        for (var i = 0; i < recorded.Length; i++)
        {
            var expected = answers.Header.Parts[i].SamePlaces(fresh[i], recorded[i]).to(ScalarType.Float64);
            var found = recorded[i][0].to(ScalarType.Float64);
            var same = found.eq(expected).logical_or(found.isnan().logical_and(expected.isnan()));
            var difference = found.add(expected, Scalars.MinusOne).abs().masked_fill(same, Scalars.Zero).max().item<double>();
            var largest = expected.abs().masked_fill(expected.isfinite().logical_not(), Scalars.Zero).max().item<double>();
            worst = Math.Max(worst, double.IsNaN(difference) ? double.PositiveInfinity : difference == 0 ? 0 : difference / largest);
        }

        return worst;
    }
}
