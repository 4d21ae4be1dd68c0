using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>Draws one curve. Its style number decides color (of 8), dash (of 5) and marker (of 7), so that no two of the first 280 look
/// alike.</summary>
internal static class Curve
{
    private const int MostMarkers = 14;

    private static readonly string?[] Dashes = [null, "7 4", "2 4", "10 4 2 4", "14 5"];

    // Around (0, 0), about 8 wide.
    private static readonly (string Path, bool Open)[] Markers =
    [
        ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", false), ("M-4 -4h8v8h-8z", false), ("M0 -5l5 9h-10z", false),
        ("M0 -5l5 5l-5 5l-5 -5z", true), ("M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z", true), ("M-4 -4h8v8h-8z", true), ("M0 5l5 -9h-10z", true),
    ];

    public static IEnumerable<XElement> Draw(ChartSeries series, Func<double, double> x, Func<double, double> y, Axis xs, Axis ys)
    {
        var part = new List<ChartPoint>();
        foreach (var point in series.Points.Append(new(double.NaN, double.NaN)))
        {
            if (double.IsFinite(point.X) && double.IsFinite(point.Y))
            {
                part.Add(point);
                continue;
            }

            if (part.Count > 1)
                yield return Line(series.Style, string.Join(' ', part.Select(p => Svg.Text($"{x(p.X):0.##},{y(p.Y):0.##}"))));
            part.Clear();
        }

        var shown = series.Points.Where(p => double.IsFinite(p.X) && double.IsFinite(p.Y)).ToList();
        var every = Math.Max(1, (int)Math.Ceiling(shown.Count / (double)MostMarkers));
        for (var i = 0; i < shown.Count; i++)
            if (i % every == 0 || i == shown.Count - 1)
                yield return Marker(
                    series.Style, x(shown[i].X), y(shown[i].Y), $"{series.Name}: {ys.Format(shown[i].Y)} at {xs.Format(shown[i].X)}");
    }

    public static IEnumerable<XElement> Sample(int style, double from, double to, double y) =>
        [Line(style, Svg.Text($"{from},{y} {to},{y}")), Marker(style, (from + to) / 2, y, null)];

    private static XElement Line(int style, string points)
    {
        var line = new XElement("polyline", new XAttribute("class", $"line c{style % 8}"), new XAttribute("points", points));
        if (Dashes[style % Dashes.Length] is { } dash)
            line.Add(new XAttribute("stroke-dasharray", dash));
        return line;
    }

    private static XElement Marker(int style, double x, double y, string? tip)
    {
        var (path, open) = Markers[style % Markers.Length];
        return new XElement(
            "path", new XAttribute("class", $"mark c{style % 8}{(open ? " open" : "")}"), new XAttribute("d", path),
            new XAttribute("transform", Svg.Text($"translate({x:0.##} {y:0.##})")),
            tip is null ? null : new XElement("title", Xml.Clean(tip)));
    }
}
