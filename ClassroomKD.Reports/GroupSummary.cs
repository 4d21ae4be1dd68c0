namespace ClassroomKD.Reports;

/// <summary>What mentors taught of each class or joint over a whole training.</summary>
/// <param name="Kind">What a group is.</param>
/// <param name="Names">The groups' names.</param>
/// <param name="Samples">How many samples of each were seen.</param>
/// <param name="Mentors">For each mentor the share of each group that it taught, and its mean gap where it did.</param>
internal sealed record GroupSummary(
    string Kind, IReadOnlyList<string> Names, IReadOnlyList<double> Samples,
    IReadOnlyList<(string Mentor, IReadOnlyList<double> Taught, IReadOnlyList<double> Gaps)> Mentors)
{
    /// <returns>Null: the training's reports tell no groups apart.</returns>
    public static GroupSummary? Of(TrainingRecord run)
    {
        var reports = run.Epochs.Select(epoch => epoch.Teaching!).Where(report => report?.Groups is not null).ToList();
        if (reports.Count == 0)
            return null;
        var (mentors, count) = (reports[^1].Mentors, reports[^1].Groups!.Samples.Count);
        // What was resumed with other mentors or groups does not compare.
        reports.RemoveAll(report => report.Mentors.Count != mentors.Count || report.Groups!.Samples.Count != count);
        double[] OfGroups(Func<GroupReport, int, double> figure) =>
            [.. Enumerable.Range(0, count).Select(g => reports.Sum(report => figure(report.Groups!, g)))];

        var samples = OfGroups((groups, g) => groups.Samples[g]);
        return new GroupSummary(
            reports[^1].Groups!.Kind,
            [.. Enumerable.Range(0, count).Select(g => g < run.GroupNames.Count ? run.GroupNames[g] : Html.Text($"{g}"))],
            samples,
            [.. mentors.Select((mentor, m) =>
            {
                var taught = OfGroups((groups, g) => Taught(groups, m, g));
                var gaps = OfGroups((groups, g) => Taught(groups, m, g) is > 0 and var number ? number * groups.MeanGaps[m][g] : 0);
                return (mentor.Name, Ratios(taught, samples), Ratios(gaps, taught));
            })]);
    }

    /// <summary>The groups by how much a mentor taught of them, the most first; none without samples.</summary>
    public IEnumerable<(string Name, double Taught)> Ranked(string mentor) =>
        Mentors.Where(entry => entry.Mentor == mentor).SelectMany(entry => Names.Zip(entry.Taught))
            .Where(group => !double.IsNaN(group.Second)).OrderByDescending(group => group.Second);

    private static double Taught(GroupReport groups, int mentor, int group) =>
        groups.Samples[group] == 0 ? 0 : groups.Samples[group] * groups.TaughtShares[mentor][group];

    private static IReadOnlyList<double> Ratios(double[] sums, double[] of) =>
        [.. sums.Zip(of, (sum, count) => count == 0 ? double.NaN : sum / count)];
}
