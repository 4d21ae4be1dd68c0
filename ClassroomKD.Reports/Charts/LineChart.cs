using System.Xml.Linq;

namespace ClassroomKD.Reports;

/// <summary>Curves drawn as SVG, for light and dark surroundings. Curves differ in color, dash and marker; the colors suit the
/// color-blind.</summary>
public sealed class LineChart
{
    private const double Width = 640, PlotHeight = 250, Gap = 8, LineHeight = 18, TitleSize = 1.25;

    /// <summary>What is shown, such as "Accuracy on the validation data".</summary>
    public required string Title { get; init; }

    /// <summary>The title of the horizontal axis.</summary>
    /// <value>Default "epochs done".</value>
    public string XTitle { get; init; } = "epochs done";

    /// <summary>The title of the vertical axis, with the unit.</summary>
    public required string YTitle { get; init; }

    /// <summary>The curves.</summary>
    public required IReadOnlyList<ChartSeries> Series { get; init; }

    /// <summary>Whether heights are shares, shown in percent.</summary>
    /// <value>Default false.</value>
    public bool InPercent { get; init; }

    /// <summary>Whether the vertical axis begins at 0 whatever the heights are.</summary>
    /// <value>Default false.</value>
    public bool FromZero { get; init; }

    /// <summary>Writes the chart as a file of its own, whole or not at all.</summary>
    /// <param name="path">The file, usually <c>.svg</c>.</param>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void Write(string path)
    {
        XNamespace svg = "http://www.w3.org/2000/svg";
        var chart = ToElement();
        chart.AddFirst(new XElement("style", Resource.Text("chart.css")));
        foreach (var element in chart.DescendantsAndSelf())
            element.Name = svg + element.Name.LocalName;
        WholeFile.Write(path, stream => chart.Save(stream));
    }

    /// <summary>The chart without its style sheet and without a namespace, for a page.</summary>
    internal XElement ToElement()
    {
        var points = Series.SelectMany(series => series.Points)
            .Where(point => double.IsFinite(point.X) && double.IsFinite(point.Y)).ToList();
        var x = Axis.Of(points.Select(point => point.X), whole: true, percent: false, most: 9);
        var y = Axis.Of(points.Select(point => point.Y).Concat(FromZero ? [0] : []), whole: false, InPercent, most: 6);

        var left = y.Labels.Max(TextWidth.Of) + 2 * Gap;
        var (top, right) = (2 * LineHeight + 2 * Gap, Width - 20);
        var bottom = top + PlotHeight;
        var legend = Legend(bottom + 2 * LineHeight + 2 * Gap, out var height);
        double X(double value) => left + (right - left) * x.Share(value);
        double Y(double value) => bottom - PlotHeight * y.Share(value);

        var chart = new XElement(
            "svg", new XAttribute("class", "chart"), new XAttribute("viewBox", Svg.Text($"0 0 {Width} {height}")),
            new XAttribute("role", "img"),
            new XAttribute("aria-label", Xml.Clean($"{Title}; {YTitle} over {XTitle}")),
            Svg.Rectangle(0, 0, Width, height, "paper"),
            Svg.Label(Gap, LineHeight, TextWidth.Fit(Title, (Width - 2 * Gap) / TitleSize), "title"),
            Svg.Label(Gap, 2 * LineHeight, TextWidth.Fit(YTitle, Width - 2 * Gap)));
        foreach (var (value, label) in y.Ticks)
            chart.Add(Svg.Line(left, Y(value), right, Y(value), "grid"), Svg.Label(left - Gap, Y(value) + 4, label, anchor: "end"));
        foreach (var (value, label) in x.Ticks)
            chart.Add(Svg.Line(X(value), bottom, X(value), bottom + 4, "grid"),
                Svg.Label(X(value), bottom + LineHeight, label, anchor: "middle"));
        chart.Add(Svg.Label((left + right) / 2, bottom + 2 * LineHeight, XTitle, anchor: "middle"));
        if (points.Count == 0)
            chart.Add(Svg.Label((left + right) / 2, (top + bottom) / 2, "no figures", anchor: "middle"));
        foreach (var series in Series)
            chart.Add(Curve.Draw(series, X, Y, x, y));
        chart.Add(legend);
        return chart;
    }

    // Entries go from left to right and on to the next row, below the plot, so that none is cut off.
    private List<XElement> Legend(double top, out double height)
    {
        const double SampleWidth = 34;
        var entries = new List<XElement>();
        var (x, y) = (Gap, top);
        foreach (var series in Series)
        {
            var name = TextWidth.Fit(series.Name, Width - SampleWidth - 4 * Gap);
            var width = SampleWidth + Gap + TextWidth.Of(name) + 2 * Gap;
            if (x > Gap && x + width > Width)
                (x, y) = (Gap, y + LineHeight);
            entries.AddRange(Curve.Sample(series.Style, x, x + SampleWidth, y - 4));
            entries.Add(Svg.Label(x + SampleWidth + Gap, y, name, "name"));
            x += width;
        }

        height = y + Gap;
        return entries;
    }
}
