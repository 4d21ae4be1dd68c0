using System.Globalization;
using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>The elements that a report is made of.</summary>
internal static class Html
{
    public const string Unknown = "–";

    public static XElement Section(string title, params object?[] content) => new("section", new XElement("h2", Xml.Clean(title)), content);

    public static XElement Paragraph(string text) => new("p", Xml.Clean(text));

    public static XElement List(IEnumerable<string> items) => new("ul", items.Select(item => new XElement("li", Xml.Clean(item))));

    /// <summary>A table whose first column names the rows.</summary>
    /// <param name="head">The columns' names.</param>
    /// <param name="rows">The cells, as many in each row.</param>
    /// <param name="style">The table's class.</param>
    /// <param name="marked">Tells which rows stand out.</param>
    public static XElement Table(
        IReadOnlyList<string> head, IEnumerable<IReadOnlyList<string>> rows, string? style = null,
        Func<IReadOnlyList<string>, bool>? marked = null) =>
        new(
            "div", new XAttribute("class", "wide"),
            new XElement(
                "table", style is null ? null : new XAttribute("class", style),
                new XElement("thead", new XElement("tr", head.Select(cell => Cell("th", "col", cell)))),
                new XElement("tbody", rows.Select(row => new XElement(
                    "tr", marked?.Invoke(row) == true ? new XAttribute("class", "marked") : null,
                    row.Select((cell, column) => column == 0 ? Cell("th", "row", cell) : new XElement("td", Xml.Clean(cell))))))));

    public static XElement Details(string summary, params object?[] content) =>
        new("details", new XElement("summary", Xml.Clean(summary)), content);

    public static XElement Charts(IEnumerable<LineChart?> charts) =>
        new("div", new XAttribute("class", "charts"), charts.OfType<LineChart>().Select(chart => chart.ToElement()));

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static string Number(double value, string format = "G4") =>
        double.IsNaN(value) ? Unknown : value.ToString(format, CultureInfo.InvariantCulture);

    public static string Percent(double share) => double.IsNaN(share) ? Unknown : Text($"{100 * share:0.0} %");

    public static string Duration(double seconds) => seconds switch
    {
        < 0.1 => Text($"{1000 * seconds:0.0} ms"),
        < 100 => Text($"{seconds:0.0} s"),
        < 6000 => Text($"{seconds / 60:0.0} min"),
        _ => Text($"{seconds / 3600:0.0} h"),
    };

    private static XElement Cell(string name, string scope, string text) => new(name, new XAttribute("scope", scope), Xml.Clean(text));
}
