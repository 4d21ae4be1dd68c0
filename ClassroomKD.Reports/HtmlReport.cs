using System.Text;
using System.Xml;
using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>
/// One HTML file about one or several trainings of a student, such as alone, with one mentor, and in the classroom: which mentor helped,
/// when, on what, and whether it was worth its cost.
/// </summary>
/// <remarks>
/// The file needs no network, no script and no other file, is readable in light and dark, and is well-formed XML. All text from elsewhere
/// is encoded.
/// Scores that all lie in [0, 1] are shown in percent.
/// </remarks>
public sealed class HtmlReport
{
    /// <summary>The trainings, the one that the others are compared with first; usually the student alone.</summary>
    public required IReadOnlyList<TrainingRecord> Runs { get; init; }

    /// <summary>The page's title.</summary>
    /// <value>Default "Training report".</value>
    public string Title { get; init; } = "Training report";

    /// <summary>What <see cref="ValidationResult.Score"/> is, such as "accuracy".</summary>
    /// <value>Default "score".</value>
    public string ScoreName { get; init; } = "score";

    /// <summary>What else the reader should see, such as how much each mentor taught per class or joint.</summary>
    /// <value>Default: nothing.</value>
    public IReadOnlyList<ReportTable> Tables { get; init; } = [];

    /// <summary>The samples on which the mentors disagreed most, or others that say something.</summary>
    /// <value>Default: none.</value>
    public IReadOnlyList<ReportImage> Images { get; init; } = [];

    /// <summary>Writes the report, whole or not at all.</summary>
    /// <param name="path">The file, usually <c>.html</c>.</param>
    /// <exception cref="ArgumentException">There is no run, or two have the same name.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        var page = Encoding.UTF8.GetBytes(ToHtml());
        WholeFile.Write(path, stream => stream.Write(page));
    }

    /// <summary>The report as text.</summary>
    /// <returns>A whole HTML document.</returns>
    /// <exception cref="ArgumentException">There is no run, or two have the same name.</exception>
    public string ToHtml()
    {
        if (Runs.Count == 0)
            throw new ArgumentException($"{nameof(Runs)} is empty; a report needs at least one training.");
        if (Runs.GroupBy(run => run.Name).FirstOrDefault(runs => runs.Count() > 1) is { } same)
            throw new ArgumentException($"{nameof(Runs)} holds {same.Count()} trainings named '{same.Key}'; give each a name of its own.");

        var study = new Study(Runs, ScoreName);
        var text = new StringBuilder("<!DOCTYPE html>\n");
        using (var writer = XmlWriter.Create(text, new XmlWriterSettings { OmitXmlDeclaration = true }))
            Page(study).Save(writer);
        return text.Append('\n').ToString();
    }

    private XElement Page(Study study) => new(
        "html", new XAttribute("lang", "en"),
        new XElement(
            "head",
            Meta("charset", "utf-8"),
            new XElement("meta", new XAttribute("name", "viewport"), new XAttribute("content", "width=device-width, initial-scale=1")),
            new XElement("meta", new XAttribute("name", "color-scheme"), new XAttribute("content", "light dark")),
            new XElement(
                "meta", new XAttribute("http-equiv", "Content-Security-Policy"),
                new XAttribute("content", "default-src 'none'; style-src 'unsafe-inline'; img-src data:")),
            new XElement("title", Xml.Clean(Title)),
            new XElement("style", Resource.Text("report.css") + Resource.Text("chart.css"))),
        new XElement(
            "body",
            new XElement(
                "main",
                new XElement("h1", Xml.Clean(Title)),
                Findings.Section(study),
                RunsSection.Create(study),
                study.Taught.Select(run => (XElement?[])[TeachingSection.Create(study, run), GroupsSection.Create(run)]),
                Tables.Select(table => table.ToElement()),
                ImagesSection(),
                ProvenanceSection.Notices(study),
                ProvenanceSection.Configuration(study),
                new XElement("footer", Xml.Clean(Html.Text($"Written by ClassroomKD on {DateTimeOffset.Now:yyyy-MM-dd HH:mm zzz}."))))));

    private XElement? ImagesSection() => Images.Count == 0 ? null : Html.Section(
        "Where the mentors disagreed most",
        new XElement("div", new XAttribute("class", "pictures"), Images.Select(image => image.ToElement())));

    private static XElement Meta(string name, string value) => new("meta", new XAttribute(name, value));
}
