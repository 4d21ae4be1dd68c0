using System.Globalization;
using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>The elements of SVG that charts are made of.</summary>
internal static class Svg
{
    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    public static XElement Line(double x1, double y1, double x2, double y2, string style) => new(
        "line", new XAttribute("class", style), At("x1", x1), At("y1", y1), At("x2", x2), At("y2", y2));

    public static XElement Rectangle(double x, double y, double width, double height, string style) => new(
        "rect", new XAttribute("class", style), At("x", x), At("y", y), At("width", width), At("height", height));

    public static XElement Label(double x, double y, string text, string? style = null, string? anchor = null) => new(
        "text", At("x", x), At("y", y), style is null ? null : new XAttribute("class", style),
        anchor is null ? null : new XAttribute("text-anchor", anchor), Xml.Clean(text));

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.##", CultureInfo.InvariantCulture));
}
