using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>A picture in a report.</summary>
public sealed class ReportImage
{
    private static ReadOnlySpan<byte> Signature => [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A];

    private readonly string data;

    /// <summary>A picture.</summary>
    /// <param name="png">The bytes of a PNG file. Shown in its own size or larger, so keep it small.</param>
    /// <param name="caption">What it shows: the true class and what each mentor said.</param>
    /// <exception cref="ArgumentException">The bytes are no PNG file.</exception>
    public ReportImage(ReadOnlySpan<byte> png, string caption)
    {
        ArgumentNullException.ThrowIfNull(caption);
        if (!png.StartsWith(Signature))
            throw new ArgumentException(
                $"The picture '{caption}' is no PNG file: a PNG's signature was expected in its first 8 bytes.", nameof(png));
        data = "data:image/png;base64," + Convert.ToBase64String(png);
        Caption = caption;
    }

    /// <summary>What it shows.</summary>
    public string Caption { get; }

    // A number and its sign stay in one line.
    internal XElement ToElement() => new(
        "figure", new XElement("img", new XAttribute("src", data), new XAttribute("alt", Xml.Clean(Caption))),
        new XElement("figcaption", Xml.Clean(Caption.Replace(" %", "\u00A0%").Replace(" ✓", "\u00A0✓"))));
}

/// <summary>A table in a report, with a heading of its own.</summary>
/// <param name="Title">The heading.</param>
/// <param name="Head">The names of the columns.</param>
/// <param name="Rows">The rows, each as long as <paramref name="Head"/>. Columns after the first are aligned to the right.</param>
/// <param name="Note">What the figures mean.</param>
public sealed record ReportTable(string Title, IReadOnlyList<string> Head, IReadOnlyList<IReadOnlyList<string>> Rows, string? Note = null)
{
    internal XElement ToElement() => Html.Section(Title, Note is null ? null : Html.Paragraph(Note), Html.Table(Head, Rows));
}
