using System.Globalization;

namespace ClassroomKD;

/// <summary>What the exam of one model says is wrong with it.</summary>
internal sealed class ModelFindings(ClassificationResult result, InspectionOptions options)
{
    // Beyond this many classes, the assignment of classes takes minutes.
    private const int MostOrdered = 2_000;

    private readonly double mostFrequent = result.Samples == 0
        ? 0
        : (double)result.Truth.Where(c => c >= 0).CountBy(c => c).Max(pair => pair.Value) / result.Samples;

    public bool IsAtChance => result.Samples > 0 && Binomial.AtLeast(Right, result.Samples, mostFrequent) > options.Significance;

    public bool IsBelowExpectation => Expected is { } least && Binomial.AtMost(Right, result.Samples, least) < options.Significance;

    private long Right => (long)Math.Round(result.TopOne * result.Samples);

    private double? Expected => options.ExpectedAccuracies.TryGetValue(result.Name, out var expected) ? expected : null;

    private string Accuracy =>
        $"right on {TextTable.Percent(result.TopOne)} of {result.Samples.ToString("N0", CultureInfo.InvariantCulture)} samples";

    private string Level => options.Significance.ToString("R", CultureInfo.InvariantCulture);

    public IEnumerable<Finding> OfStudent()
    {
        if (result.NonFiniteAnswers > 0)
            yield return Found(
                FindingKind.NonFiniteAnswers,
                $"Student '{result.Name}' answers {result.NonFiniteAnswers} of {result.Samples} samples with NaN or infinity: " +
                "initialize it anew, or load other weights.");
        if (result.Form != AnswerForm.Logits)
            yield return Found(
                result.Form == AnswerForm.Probabilities ? FindingKind.Probabilities : FindingKind.LogProbabilities,
                $"Student '{result.Name}' answers with " +
                $"{(result.Form == AnswerForm.Probabilities ? "probabilities" : "log-probabilities")}, and losses " +
                "take logits: remove the softmax at its end.");
        if (IsBelowExpectation)
            yield return Found(
                FindingKind.BelowExpectation,
                $"Student '{result.Name}' is {Accuracy}, where {TextTable.Percent(Expected!.Value)} was expected: load the weights " +
                "that are meant.");
    }

    public IEnumerable<Finding> OfAnswers()
    {
        if (result.NonFiniteAnswers > 0)
            yield return Found(
                FindingKind.NonFiniteAnswers,
                $"Mentor '{result.Name}' answers {result.NonFiniteAnswers} of {result.Samples} samples with NaN or infinity and cannot " +
                "teach them: compute it in float32, " +
                "and check its weights.");
        if (result.Form == AnswerForm.Probabilities)
            yield return Found(
                FindingKind.Probabilities,
                $"Mentor '{result.Name}' answers with probabilities, which a second softmax makes nearly uniform: set " +
                $"{nameof(MentorOptions)}.{nameof(MentorOptions.Answers)} to {nameof(AnswerForm)}.{AnswerForm.Probabilities}, or remove " +
                "the softmax at its end.");
        if (result.Form == AnswerForm.LogProbabilities)
            yield return Found(
                FindingKind.LogProbabilities,
                $"Mentor '{result.Name}' answers with log-probabilities: leave it so for losses with a softmax, which gives the same, " +
                "and remove the log-softmax for losses that " +
                "compare logits themselves.");
    }

    public IEnumerable<Finding> OfAccuracy(bool explained)
    {
        if (result.NonFiniteAnswers == result.Samples)
            yield break;
        var remedy = explained
            ? "see its next finding"
            : "check its weights, its input (size, channels, normalization) and the order of its classes";
        if (IsAtChance)
            yield return Found(
                FindingKind.AtChance,
                $"Mentor '{result.Name}' is {Accuracy}, no better than naming always the most frequent class " +
                $"({TextTable.Percent(mostFrequent)}; binomial test, level {Level}): " +
                $"{remedy}.");
        else if (IsBelowExpectation)
            yield return Found(
                FindingKind.BelowExpectation,
                $"Mentor '{result.Name}' is {Accuracy}, below the {TextTable.Percent(Expected!.Value)} that were expected (binomial " +
                $"test, level {Level}): {remedy}.");
    }

    public IEnumerable<Finding> OfOrder(ClassMap? map)
    {
        if (map is { CoversStudent: false } || result.ClassNames.Count > MostOrdered
            || ClassOrder.Find(result, options.Significance) is not { } found)
            yield break;
        int[] mentorClassOf = map is null ? found.PredictionOf : [.. found.PredictionOf.Select(c => map.MentorIndices[c])];
        var indices = mentorClassOf.Length <= 20
            ? $"[{string.Join(", ", mentorClassOf)}]"
            : $"the finding's {nameof(Finding.MentorClassOf)}";
        yield return Found(
            FindingKind.ClassOrder,
            $"Mentor '{result.Name}' seems to have its classes {ClassOrder.Describe(found.PredictionOf, result)}, with which it is " +
            "right on " +
            $"{TextTable.Percent(found.Accuracy)} instead of {TextTable.Percent(result.TopOne)}: set " +
            $"{nameof(MentorOptions)}.{nameof(MentorOptions.Classes)} to " +
            $"ClassMap.FromIndices({indices}, {map?.MentorClasses ?? mentorClassOf.Length}).") with { MentorClassOf = mentorClassOf };
    }

    private Finding Found(FindingKind kind, string message) => new(result.Name, kind, message);
}
