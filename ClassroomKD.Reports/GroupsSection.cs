using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>Who taught what, class by class or joint by joint, in one training.</summary>
internal static class GroupsSection
{
    // Beyond this many groups, those are shown that were taught most and least.
    private const int Most = 40;

    public static XElement? Create(TrainingRecord run)
    {
        if (GroupSummary.Of(run) is not { } summary)
            return null;
        var groups = Enumerable.Range(0, summary.Names.Count).Where(g => summary.Samples[g] > 0).ToList();
        double Taught(int g) => summary.Mentors.Sum(mentor => mentor.Taught[g]);
        var shown = groups.Count <= Most ? groups
            : [.. groups.OrderByDescending(Taught).Take(Most / 2), .. groups.OrderByDescending(Taught).TakeLast(Most / 2)];
        var table = Html.Table(
            [summary.Kind, "samples", .. summary.Mentors.Select(mentor => mentor.Mentor)],
            shown.Select(g => (string[])
            [
                summary.Names[g], Html.Text($"{summary.Samples[g]:N0}"),
                .. summary.Mentors.Select(mentor => Html.Percent(mentor.Taught[g]) +
                    (double.IsNaN(mentor.Gaps[g]) ? "" : Html.Text($" ({mentor.Gaps[g]:+0.00;-0.00;0.00})"))),
            ]),
            "shares");
        foreach (var (row, g) in table.Descendants("tbody").Elements().Zip(shown))
            foreach (var (cell, mentor) in row.Elements("td").Skip(1).Zip(summary.Mentors))
                cell.Add(new XAttribute("style", Html.Text($"--share: {mentor.Taught[g]:0.###}")));
        return Html.Section(
            $"Who taught what: {run.Name}",
            Html.Paragraph(
                $"The share of each {summary.Kind}'s samples that a mentor taught over the whole training, and in parentheses how much " +
                "better than the student it did there." +
                (shown.Count < groups.Count
                    ? Html.Text($" Of {groups.Count} the {Most / 2} taught most and the {Most / 2} taught least are shown.") : "")),
            table);
    }
}
