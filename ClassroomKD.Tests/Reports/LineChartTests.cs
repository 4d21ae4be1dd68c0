using System.Globalization;
using System.Xml.Linq;
using ClassroomKD.Reports;

namespace ClassroomKD.Tests.Reports;

public sealed class LineChartTests
{
    [TestCase(0, 1, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [TestCase(0.003, 0.05, 6, "0.00 0.01 0.02 0.03 0.04 0.05")]
    [TestCase(-3, 12, 6, "-5 0 5 10 15")]
    [TestCase(5, 5, 6, "4.4 4.6 4.8 5.0 5.2 5.4 5.6")]
    [TestCase(0, 0, 6, "0.0 0.2 0.4 0.6 0.8 1.0")]
    [TestCase(0, 3e-9, 6, "0 1e-9 2e-9 3e-9")]
    public void Ticks_are_round_and_hold_the_values(double low, double high, int most, string expected) =>
        string.Join(' ', Axis.Of([low, high], false, false, most).Labels).Should().Be(expected);

    [Test]
    public void Any_values_have_finite_ticks() => Gen.Double.Array[0, 5].Sample(values =>
    {
        double[] finite = [.. values.Where(value => Math.Abs(value) < 1e100)];
        var ticks = Axis.Of(finite, false, false, 6).Ticks.ToList();
        return ticks.Count is >= 2 and <= 12 && ticks.TrueForAll(tick => double.IsFinite(tick.Value));
    });

    [Test]
    public void Whole_numbers_have_whole_ticks()
    {
        Axis.Of([1, 3], true, false, 9).Labels.Should().Equal("1", "2", "3");
        Axis.Of([1, 1], true, false, 9).Labels.Should().Equal("0", "1", "2");
        Axis.Of([1, 240], true, false, 9).Labels.Should().Equal("50", "100", "150", "200");
    }

    [Test]
    public void Nothing_is_cut_off_and_no_titles_cover_numbers()
    {
        var chart = Chart(14).ToElement();
        double[] box = [.. chart.Attribute("viewBox")!.Value.Split(' ').Select(text => double.Parse(text, CultureInfo.InvariantCulture))];
        var texts = chart.Descendants("text").Select(Box).ToList();

        texts.Should().OnlyContain(text => text.Left >= 0 && text.Right <= box[2] && text.Top >= 0 && text.Bottom <= box[3]);
        for (var i = 0; i < texts.Count; i++)
            for (var j = i + 1; j < texts.Count; j++)
                (texts[i].Left < texts[j].Right && texts[j].Left < texts[i].Right && texts[i].Top < texts[j].Bottom
                    && texts[j].Top < texts[i].Bottom)
                    .Should().BeFalse($"'{texts[i].Text}' and '{texts[j].Text}' must not cover each other");
    }

    [Test]
    public void Curves_differ_in_color_and_in_dash_or_marker()
    {
        var looks = Enumerable.Range(0, 280).Select(style =>
        {
            var parts = Curve.Sample(style, 0, 10, 0).ToList();
            return (Color: parts[0].Attribute("class")!.Value, Dash: parts[0].Attribute("stroke-dasharray")?.Value,
                Marker: parts[1].Attribute("d")!.Value + parts[1].Attribute("class")!.Value);
        }).ToList();

        looks.Distinct().Should().HaveCount(280);
        looks.Take(5).Select(look => look.Color).Should().OnlyHaveUniqueItems();
        looks.Take(5).Select(look => look.Dash).Should().OnlyHaveUniqueItems();
        looks.Take(5).Select(look => look.Marker).Should().OnlyHaveUniqueItems();
    }

    [Test]
    public void A_gap_interrupts_a_curve()
    {
        ChartSeries series = new("m", [new(1, 2), new(2, 3), new(3, double.NaN), new(4, 1), new(5, 2), new(6, 2)], 0);
        var chart = new LineChart { Title = "t", YTitle = "y", Series = [series] }.ToElement();

        chart.Descendants("polyline").Select(line =>
            line.Attribute("points")!.Value.Split(' ').Length).Should().Equal(2, 3, 2); // and the legend's
    }

    [Test]
    public void A_file_is_a_picture_of_its_own()
    {
        using var folder = new TemporaryFolder();
        var path = Path.Combine(folder.Root, "chart.svg");

        Chart(3).Write(path);

        XNamespace svg = "http://www.w3.org/2000/svg";
        var root = XDocument.Load(path).Root!;
        root.Name.Should().Be(svg + "svg");
        root.Descendants(svg + "polyline").Should().HaveCount(6);
        root.Element(svg + "style")!.Value.Should().Contain("prefers-color-scheme: dark");
    }

    private static LineChart Chart(int series) => new()
    {
        Title = "Who taught, and when", YTitle = "share of the samples, %", InPercent = true,
        Series = [.. Enumerable.Range(0, series).Select(i => new ChartSeries(
            i == 5 ? new string('w', 200) : i == 6 ? new string('漢', 90)
                : $"mentor {i} of some length", [.. Enumerable.Range(1, 9).Select(x => new ChartPoint(x, 1.0 / (i + x)))], i))],
    };

    private static (string Text, double Left, double Right, double Top, double Bottom) Box(XElement text)
    {
        double At(string name) => double.Parse(text.Attribute(name)!.Value, CultureInfo.InvariantCulture);
        var width = TextWidth.Of(text.Value);
        var left = At("x") - text.Attribute("text-anchor")?.Value switch { "end" => width, "middle" => width / 2, _ => 0 };
        return (text.Value, left, left + width, At("y") - 10, At("y") + 3);
    }
}
