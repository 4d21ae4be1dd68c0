using System.Globalization;

namespace ClassroomKD;

/// <summary>Results of exams as text.</summary>
internal static class ExamTables
{
    // Beyond this many classes, the worst are shown.
    private const int Shown = 20;
    private const int Crossed = 10;

    private static readonly string[] Figures = ["top-1", "top-5", "cross-entropy", "calibration error", "NaN", "left out"];

    public static string Of(ClassificationComparison comparison)
    {
        var samples = comparison.Results.Select(result => result.Samples).DefaultIfEmpty().Max();
        var others = comparison.Results.Count > 1 ? comparison.Results : [];
        return $"{Count(samples)} samples" + Environment.NewLine + TextTable.Of(
            ["model", .. Figures, .. others.Select(result => $"agrees with {result.Name}")],
            comparison.Results.Select((result, row) => (string[])
                [result.Name, .. FiguresOf(result), .. others.Select((_, other) => TextTable.Percent(comparison.Agreement[row][other]))]));
    }

    public static string Of(ClassificationResult result)
    {
        var classes = Enumerable.Range(0, result.ClassNames.Count).Where(c => !double.IsNaN(result.PerClass[c])).ToList();
        var shown = classes.Count <= Shown ? classes : [.. classes.OrderBy(c => result.PerClass[c]).Take(Shown)];
        var title = classes.Count <= Shown ? "class" : $"worst {Shown} classes";
        var crossed = result.ClassNames.Count <= Crossed;
        string[] head = [title, "samples", "right", .. crossed ? result.ClassNames.Select(name => $"as {name}") : ["most often taken for"]];
        return string.Join(
            Environment.NewLine,
            string.Create(CultureInfo.InvariantCulture, $"{result.Name}: {result.Samples:N0} samples of {classes.Count:N0} classes"),
            string.Join(", ", Figures.Zip(FiguresOf(result), (figure, value) => $"{figure} {value}")),
            TextTable.Of(head, shown.Select(c => (string[])
            [
                result.ClassNames[c],
                Count(result.Confusion[c].Sum()),
                TextTable.Percent(result.PerClass[c]),
                .. crossed ? result.Confusion[c].Select(Count) : [MostOften(result, c)],
            ])));
    }

    private static IEnumerable<string> FiguresOf(ClassificationResult result) =>
    [
        TextTable.Percent(result.TopOne), TextTable.Percent(result.TopFive), TextTable.Number(result.CrossEntropy, "F3"),
        TextTable.Percent(result.CalibrationError), Count(result.NonFiniteAnswers), Count(result.LeftOut),
    ];

    private static string MostOften(ClassificationResult result, int truth)
    {
        var (count, taken) = result.Confusion[truth].Select((count, prediction) => (count, prediction))
            .Where(pair => pair.prediction != truth).Max();
        return count == 0 ? "-" : $"{result.ClassNames[taken]} ({Count(count)})";
    }

    private static string Count(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
