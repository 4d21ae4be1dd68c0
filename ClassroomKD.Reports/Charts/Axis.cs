using System.Globalization;

namespace ClassroomKD.Reports;

/// <summary>A range of values with ticks at round numbers.</summary>
internal sealed class Axis
{
    private readonly double from, to, step;
    private readonly bool percent;

    private Axis(double from, double to, double step, bool percent) =>
        (this.from, this.to, this.step, this.percent) = (from, to, step, percent);

    public IEnumerable<(double Value, string Label)> Ticks
    {
        get
        {
            for (var i = (long)Math.Ceiling(from / step - 1e-9); i * step <= to + step * 1e-9; i++)
                yield return (i * step, Label(i * step));
        }
    }

    public IEnumerable<string> Labels => Ticks.Select(tick => tick.Label);

    /// <summary>An axis around the values.</summary>
    /// <param name="values">The values; without any, from 0 to 1.</param>
    /// <param name="whole">Whether ticks are whole numbers, and the axis ends at the values.</param>
    /// <param name="percent">Whether ticks are in percent.</param>
    /// <param name="most">The largest number of ticks.</param>
    public static Axis Of(IEnumerable<double> values, bool whole, bool percent, int most)
    {
        var (low, high) = (double.PositiveInfinity, double.NegativeInfinity);
        foreach (var value in values)
            (low, high) = (Math.Min(low, value), Math.Max(high, value));
        if (low > high)
            (low, high) = (0, 1);
        if (high - low <= 1e-12 * Math.Max(Math.Abs(low), Math.Abs(high)))
            (low, high) = whole ? (low - 1, high + 1) : low == 0 ? (0, 1) : (low - Math.Abs(low) / 10, high + Math.Abs(high) / 10);

        var least = (high - low) / (most - 1);
        var magnitude = Math.Pow(10, Math.Floor(Math.Log10(least)));
        var step = magnitude * ((double[])[1, 2, 5, 10]).First(factor => factor * magnitude >= least * (1 - 1e-9));
        if (whole)
            return new Axis(low, high, Math.Max(1, step), percent);
        return new Axis(Math.Floor(low / step + 1e-9) * step, Math.Ceiling(high / step - 1e-9) * step, step, percent);
    }

    public double Share(double value) => (value - from) / (to - from);

    /// <summary>A value as a reader wants to see it.</summary>
    public string Format(double value) => percent ? Svg.Text($"{100 * value:0.0} %") : value.ToString("G4", CultureInfo.InvariantCulture);

    private string Label(double value)
    {
        var scale = percent ? 100 : 1;
        var decimals = Math.Clamp((int)Math.Ceiling(-Math.Log10(scale * step) - 1e-9), 0, 15);
        var shown = Math.Round(scale * value, decimals) + 0.0; // no negative zero
        if (decimals > 6 || Math.Abs(shown) >= 1e7)
            return shown == 0 ? "0" : shown.ToString("0.#e0", CultureInfo.InvariantCulture);
        return shown.ToString("F" + decimals, CultureInfo.InvariantCulture) + (percent ? " %" : "");
    }
}
