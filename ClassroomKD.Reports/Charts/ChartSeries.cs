namespace ClassroomKD.Reports;

/// <summary>A point of a curve.</summary>
/// <param name="X">Its place on the horizontal axis.</param>
/// <param name="Y">Its height; NaN interrupts the curve.</param>
public readonly record struct ChartPoint(double X, double Y);

/// <summary>A curve of a <see cref="LineChart"/>.</summary>
/// <param name="Name">What the legend calls it.</param>
/// <param name="Points">Its points, from left to right.</param>
/// <param name="Style">Its color, dash and marker together; curves with the same number look alike in every chart. At least 0.</param>
public sealed record ChartSeries(string Name, IReadOnlyList<ChartPoint> Points, int Style)
{
    /// <summary>A horizontal line, such as a mentor's score beside a student's curve.</summary>
    /// <param name="name">What the legend calls it.</param>
    /// <param name="height">Its height.</param>
    /// <param name="from">Where it begins.</param>
    /// <param name="to">Where it ends.</param>
    /// <param name="style">Its color, dash and marker.</param>
    /// <returns>The line.</returns>
    public static ChartSeries Level(string name, double height, double from, double to, int style) =>
        new(name, [new(from, height), new(to, height)], style);
}
