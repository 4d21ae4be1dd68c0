namespace ClassroomKD;

/// <summary>The samples on which mentors disagree most, kept on the device until all batches were answered.</summary>
/// <param name="names">Those of the mentors, and of the student if one is asked.</param>
/// <param name="maps">The mentors' class maps.</param>
/// <param name="count">How many samples are kept.</param>
/// <param name="options">Of the exam.</param>
internal sealed class DisagreementTally(
    IReadOnlyList<string> names, IReadOnlyList<ClassMap?> maps, int count, ClassificationExamOptions options) : IDisposable
{
    private readonly Scalar ignored = Scalars.Of(options.IgnoreIndex);
    private Tensor? kept; // float64 [samples, 3 + 2 x names]: divergence, index, label; class and probability of each answer
    private int seen;

    /// <param name="answers">The mentors' logits, and the student's last if one is asked.</param>
    /// <param name="labels">int64 <c>[B]</c> or distributions <c>[B, C]</c>.</param>
    public void Add(IReadOnlyList<Tensor> answers, Tensor labels)
    {
        var given = labels.dtype == ScalarType.Int64 ? labels : labels.argmax(1);
        var counted = given.ne(ignored);
        var truth = given.masked_fill(counted.logical_not(), Scalars.Zero);
        var classes = maps.Count > 0 && maps[0] is { } map ? map.StudentClasses : answers[0].size(1);
        var (beliefs, known) = (new Tensor[answers.Count], new Tensor[answers.Count]);
        for (var a = 0; a < answers.Count; a++)
            (beliefs[a], known[a]) = Belief(a, answers[a], truth, classes);

        var shown = stack(known).logical_and(counted); // [A, B]
        var all = stack(beliefs).masked_fill(shown.logical_not().unsqueeze(2), Scalars.Zero); // [A, B, C]
        var (mentors, knowing) = (all.narrow(0, 0, maps.Count), shown.narrow(0, 0, maps.Count).sum(0, type: ScalarType.Float64));
        var among = knowing.clamp_min(Scalars.One);
        // sum(0) alone would be a sum of bytes: 0 is a ScalarType too.
        var mean = mentors.sum(0, keepdim: false).div(among.unsqueeze(1));
        var divergences = Entropy(mean).sub(Entropy(mentors).sum(0, keepdim: false).div(among))
            .masked_fill(knowing.lt(Scalars.Two), Scalars.MinusOne);
        var (probabilities, predictions) = all.max(2);
        predictions = predictions.masked_fill(shown.logical_not(), Scalars.MinusOne);
        var index = tensor(Enumerable.Range(seen, (int)truth.size(0)).Select(i => (double)i).ToArray(), device: truth.device);
        seen += (int)truth.size(0);
        Keep(cat(
            [
                stack([divergences, index, truth.to(ScalarType.Float64)]),
                stack([predictions.to(ScalarType.Float64), probabilities], 1).flatten(0, 1),
            ]).t());
    }

    /// <summary>Waits for the device, once.</summary>
    public IReadOnlyList<Disagreement> Read()
    {
        if (kept is null)
            return [];
        double[] values;
        using (NewDisposeScope())
            values = kept.cpu().contiguous().data<double>().ToArray();
        return [.. values.Chunk(3 + 2 * names.Count).Where(row => row[0] >= 0).Select(row => new Disagreement(
            (int)row[1], row[0], ClassName(row[2]),
            [.. names.Select((name, a) => new GivenAnswer(name, row[3 + 2 * a] < 0 ? null : ClassName(row[3 + 2 * a]), row[4 + 2 * a]))]))];
    }

    public void Dispose() => kept?.Dispose();

    private static Tensor Entropy(Tensor distribution) => distribution.xlogy(distribution).sum(-1).neg();

    // The softmax [B, C] in the classes of the labels, and whether it is one that says something of the true class.
    private (Tensor Belief, Tensor Known) Belief(int a, Tensor answer, Tensor truth, long classes)
    {
        var map = a < maps.Count ? maps[a] : null;
        var expected = map?.MentorClasses ?? classes;
        if (answer.dim() != 2 || answer.size(0) != truth.size(0) || answer.size(1) != expected || !answer.is_floating_point())
            throw new ArgumentException(
                $"Logits [{truth.size(0)}, {expected}] were expected of '{names[a]}', got {answer.dtype} " +
                $"[{string.Join(", ", answer.shape)}].");
        var finite = answer.isfinite().all(1);
        var logits = answer.to(ScalarType.Float64).masked_fill(finite.logical_not().unsqueeze(1), Scalars.Zero);
        if (map is null)
            return (logits.softmax(1), finite);
        var indices = map.Beside(answer);
        var belief = zeros([truth.size(0), classes], ScalarType.Float64, answer.device)
            .index_copy(1, indices.Student, logits.index_select(1, indices.Mentor).softmax(1));
        return (belief, finite.logical_and(indices.Known.index_select(0, truth)));
    }

    private void Keep(Tensor rows)
    {
        var all = kept is null ? rows : cat([kept, rows]);
        var largest = all.select(1, 0).topk((int)Math.Min(count, all.size(0)), 0).indexes;
        kept?.Dispose();
        kept = all.index_select(0, largest).DetachFromDisposeScope();
    }

    private string ClassName(double index) => options.ClassNames is { } known ? known[(int)index] : $"{(int)index}";
}
