using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>What the trainings said, and what they are made of.</summary>
internal static class ProvenanceSection
{
    public static XElement? Notices(Study study)
    {
        var notices = study.Runs.SelectMany(run => run.Notices.GroupBy(notice => notice.Message).Select(same => (string[])
        [
            run.Name, Html.Text($"{same.First().Time:yyyy-MM-dd HH:mm:ss}"),
            same.Count() == 1 ? same.Key : Html.Text($"{same.Key} ({same.Count()} times)"),
        ])).ToList();
        return notices.Count == 0 ? null : Html.Section("Notices", Html.Table(["training", "time (UTC)", "notice"], notices, "texts"));
    }

    public static XElement? Configuration(Study study)
    {
        var (made, versions) = (Entries(study, run => run.Fingerprint), Entries(study, run => run.Versions));
        if (made.Count + versions.Count == 0)
            return null;
        string[] head = ["", .. study.Runs.Select(run => run.Name)];
        return Html.Section(
            "Configuration, seeds, versions",
            study.Runs.Count > 1 ? Html.Paragraph("Rows in which the trainings differ are marked.") : null,
            Html.Table(head, made, "texts", Differs),
            versions.Count == 0 ? null : Html.Table(["versions", .. head[1..]], versions, "texts", Differs));
    }

    private static List<IReadOnlyList<string>> Entries(Study study, Func<TrainingRecord, IReadOnlyDictionary<string, string>> entries) =>
        [.. study.Runs.SelectMany(run => entries(run).Keys).Distinct().Select(key =>
            (IReadOnlyList<string>)[key, .. study.Runs.Select(run => entries(run).GetValueOrDefault(key, Html.Unknown))])];

    private static bool Differs(IReadOnlyList<string> row) => row.Skip(1).Distinct().Count() > 1;
}
