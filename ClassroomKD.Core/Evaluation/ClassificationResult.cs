using System.Globalization;

namespace ClassroomKD;

/// <summary>Answers of similar confidence.</summary>
/// <param name="Answers">How many they are.</param>
/// <param name="Confidence">The mean of their largest probabilities; NaN without answers.</param>
/// <param name="Accuracy">The share that is right; NaN without answers.</param>
public sealed record CalibrationBin(long Answers, double Confidence, double Accuracy);

/// <summary>What a <see cref="ClassificationExam"/> found about one model. <see cref="ToString"/> lays it out as a table.</summary>
public sealed class ClassificationResult
{
    // Beyond this many classes, the worst are shown; up to this many, the whole confusion.
    private const int Shown = 20;
    private const int Crossed = 10;

    internal static readonly string[] FigureNames = ["top-1", "top-5", "cross-entropy", "calibration error", "NaN", "left out"];

    /// <summary>Who was examined.</summary>
    public required string Name { get; init; }

    /// <summary>The classes' names, or their numbers.</summary>
    public required IReadOnlyList<string> ClassNames { get; init; }

    /// <summary>How many samples count.</summary>
    public required long Samples { get; init; }

    /// <summary>The share of samples whose largest logit is the true class, in [0, 1].</summary>
    public required double TopOne { get; init; }

    /// <summary>
    /// The share of samples whose true class is among the five largest logits, in [0, 1]; of at most five classes all are.
    /// </summary>
    public required double TopFive { get; init; }

    /// <summary>The mean cross-entropy of the answers to the truth, in nats, over the answers that are numbers.</summary>
    public required double CrossEntropy { get; init; }

    /// <summary>
    /// The expected calibration error, in [0, 1], over the answers that are numbers; see <see cref="ClassificationExam"/>.
    /// </summary>
    public required double CalibrationError { get; init; }

    /// <summary>The bins of the calibration error, by rising confidence.</summary>
    public required IReadOnlyList<CalibrationBin> Calibration { get; init; }

    /// <summary>The share of each class's samples that is right; NaN for a class without samples.</summary>
    public required IReadOnlyList<double> PerClass { get; init; }

    /// <summary>How often each class was taken for each: <c>Confusion[truth][prediction]</c>, without answers of NaN.</summary>
    public required IReadOnlyList<IReadOnlyList<long>> Confusion { get; init; }

    /// <summary>How many samples were answered with NaN or infinity; they count as wrong.</summary>
    public required long NonFiniteAnswers { get; init; }

    /// <summary>How many samples were left out because the model does not know their class.</summary>
    public required long LeftOut { get; init; }

    /// <summary>What the answers are.</summary>
    public required AnswerForm Form { get; init; }

    /// <summary>The predicted class of each sample; -1 where the answer is not finite, and where the sample does not count.</summary>
    public required IReadOnlyList<int> Predictions { get; init; }

    /// <summary>The true class of each sample; -1 where the sample does not count.</summary>
    public required IReadOnlyList<int> Truth { get; init; }

    /// <summary>What <see cref="FigureNames"/> names, as text.</summary>
    internal IEnumerable<string> Figures =>
    [
        TextTable.Percent(TopOne), TextTable.Percent(TopFive), TextTable.Number(CrossEntropy, "F3"),
        TextTable.Percent(CalibrationError), TextTable.Count(NonFiniteAnswers), TextTable.Count(LeftOut),
    ];

    /// <summary>How often two models predict the same class.</summary>
    /// <param name="other">The result of the other model, on the same data.</param>
    /// <returns>The share, in [0, 1], of the samples that count for both and that both answered; NaN if there are none.</returns>
    /// <exception cref="ArgumentException">The other was examined on other data.</exception>
    public double AgreementWith(ClassificationResult other)
    {
        ArgumentNullException.ThrowIfNull(other);
        if (other.Truth.Count != Truth.Count
            || Truth.Zip(other.Truth).Any(pair => pair is { First: >= 0, Second: >= 0 } && pair.First != pair.Second))
            throw new ArgumentException($"'{Name}' and '{other.Name}' were examined on different data.", nameof(other));
        var pairs = Predictions.Zip(other.Predictions).Where(pair => pair is { First: >= 0, Second: >= 0 }).ToList();
        return pairs.Count == 0 ? double.NaN : (double)pairs.Count(pair => pair.First == pair.Second) / pairs.Count;
    }

    /// <inheritdoc/>
    public override string ToString()
    {
        var classes = Enumerable.Range(0, ClassNames.Count).Where(c => !double.IsNaN(PerClass[c])).ToList();
        var shown = classes.Count <= Shown ? classes : [.. classes.OrderBy(c => PerClass[c]).Take(Shown)];
        var title = classes.Count <= Shown ? "class" : $"worst {Shown} classes";
        var crossed = ClassNames.Count <= Crossed;
        string[] head = [title, "samples", "right", .. crossed ? ClassNames.Select(name => $"as {name}") : ["most often taken for"]];
        return string.Join(
            Environment.NewLine,
            string.Create(CultureInfo.InvariantCulture, $"{Name}: {Samples:N0} samples of {classes.Count:N0} classes"),
            string.Join(", ", FigureNames.Zip(Figures, (figure, value) => $"{figure} {value}")),
            TextTable.Of(head, shown.Select(c => (string[])
            [
                ClassNames[c],
                TextTable.Count(Confusion[c].Sum()),
                TextTable.Percent(PerClass[c]),
                .. crossed ? Confusion[c].Select(TextTable.Count) : [MostOftenTakenFor(c)],
            ])));
    }

    private string MostOftenTakenFor(int truth)
    {
        var (count, taken) = Confusion[truth].Select((count, prediction) => (count, prediction))
            .Where(pair => pair.prediction != truth).Max();
        return count == 0 ? "-" : $"{ClassNames[taken]} ({TextTable.Count(count)})";
    }
}
