namespace ClassroomKD;

/// <summary>Several models' results of one exam. <see cref="ToString"/> lays them out as a table.</summary>
/// <param name="Results">The results, on the same data.</param>
public sealed record ClassificationComparison(IReadOnlyList<ClassificationResult> Results)
{
    /// <summary>How often each model predicts what each other does, <c>Agreement[i][j]</c>, in [0, 1]; 1 on the diagonal.</summary>
    public IReadOnlyList<IReadOnlyList<double>> Agreement { get; } =
        [.. Results.Select(result => Results.Select(result.AgreementWith).ToArray())];

    /// <inheritdoc/>
    public override string ToString()
    {
        var samples = Results.Select(result => result.Samples).DefaultIfEmpty().Max();
        var others = Results.Count > 1 ? Results : [];
        return $"{TextTable.Count(samples)} samples" + Environment.NewLine + TextTable.Of(
            ["model", .. ClassificationResult.FigureNames, .. others.Select(result => $"agrees with {result.Name}")],
            Results.Select((result, row) => (string[])
                [result.Name, .. result.Figures, .. others.Select((_, other) => TextTable.Percent(Agreement[row][other]))]));
    }
}
