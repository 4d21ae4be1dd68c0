using System.Globalization;
using MathNet.Numerics.Statistics;

namespace Study;

/// <summary>Whether methods come in the same order on other images.</summary>
internal static class MethodOrder
{
    /// <summary>A sentence for each set of mentors and student, and one for all: what becomes on other images of the pairs of methods
    /// that the study tells apart beyond the noise.</summary>
    public static IEnumerable<string> Compare(Grid grid, Results before, Results after)
    {
        HashSet<string> seen = [];
        List<Difference> all = [];
        foreach (var set in grid.MentorSets.Keys)
            foreach (var student in grid.Students.Keys)
            {
                List<(MethodResult Before, MethodResult After)> rows = [];
                foreach (var method in grid.Methods.Keys)
                    if (before.Of(set, student, method) is { } old && after.Of(set, student, method) is { } now)
                        rows.Add((old, now));
                if (rows.All(row => row.Before.TaughtBy != set))
                    continue; // alone or with the best mentor, which every set has
                List<Difference> pairs = [];
                foreach (var one in rows)
                    foreach (var other in rows)
                        if (one.Before.Accuracies.Minus(other.Before.Accuracies) is { IsAbove: true }
                            && one.After.Accuracies.Minus(other.After.Accuracies) is { } now)
                        {
                            pairs.Add(now);
                            if (seen.Add(string.Join(
                                ' ', student, one.Before.TaughtBy, one.Before.Method, other.Before.TaughtBy, other.Before.Method)))
                                all.Add(now);
                        }
                var correlation = Correlation.Spearman(
                    rows.Select(row => row.Before.Accuracies.Mean), rows.Select(row => row.After.Accuracies.Mean));
                yield return string.Create(
                    CultureInfo.InvariantCulture,
                    $"{set}, {student}: rank correlation {correlation:F2} over {rows.Count} methods; {Tell(pairs)}");
            }
        yield return $"All, where the same trainings stand in several sets once: {Tell(all)}";
    }

    // How differences that the study tells apart as above 0 come out here.
    private static string Tell(List<Difference> pairs)
    {
        int Count(Func<Difference, bool> chosen) => pairs.Count(chosen);
        return $"of {pairs.Count} pairs told apart in the study {Count(pair => pair.IsAbove)} are told apart alike, " +
            $"{Count(pair => !pair.IsAbove && pair.Mean > 0)} differ alike within the noise, " +
            $"{Count(pair => !pair.IsBelow && pair.Mean <= 0)} the other way within it and {Count(pair => pair.IsBelow)} beyond it.";
    }
}
