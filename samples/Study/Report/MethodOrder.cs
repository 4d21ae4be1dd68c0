using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Study;

/// <summary>Whether methods come in the same order on other images.</summary>
internal static class MethodOrder
{
    /// <summary>A sentence for each set of mentors and student. Two orders agree where no pair that one of them tells apart, beyond the
    /// noise, is told apart the other way round by the other.</summary>
    public static IEnumerable<string> Compare(Grid grid, Results before, Results after)
    {
        foreach (var set in grid.MentorSets.Keys)
            foreach (var student in grid.Students.Keys)
            {
                List<(string Label, Sample Before, Sample After)> rows = [];
                foreach (var method in grid.Methods)
                    if (before.Of(set, student, method.Key) is { } old && after.Of(set, student, method.Key) is { } now)
                        rows.Add((method.Value.Label, old.Accuracies, now.Accuracies));
                if (rows.Count < 3)
                    continue; // alone and the best mentor, which every set has
                var toldApart = 0;
                List<string> reversed = [];
                foreach (var one in rows)
                    foreach (var other in rows)
                        if (one.Before.Minus(other.Before) is { IsAbove: true })
                        {
                            toldApart++;
                            if (one.After.Minus(other.After) is { IsBelow: true })
                                reversed.Add($"{one.Label} and {other.Label}");
                        }
                var correlation = Correlation.Spearman(rows.Select(row => row.Before.Mean), rows.Select(row => row.After.Mean));
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set}, {student}: rank correlation {correlation:F2} over {rows.Count} methods; of {toldApart} pairs told apart in " +
                    $"the study {reversed.Count} are reversed{(reversed.Count == 0 ? "" : $": {string.Join("; ", reversed)}")}.");
            }
    }
}
