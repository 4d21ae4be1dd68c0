using System.Globalization;
using ClassroomKD.Kernels;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using TorchSharp;
using static TorchSharp.torch;

namespace ClassroomKD.Benchmarks;

/// <summary><c>curves [folder]</c>: how the loss of one step grows with samples, classes and mentors, as CSV and pictures.</summary>
internal static class CurvesCommand
{
    private static readonly Growth[] Axes =
    [
        new("samples", "B", [16, 32, 64, 128, 256, 512, 1024, 2048], value => new LogitsShape(value, 100, 6)),
        new("classes", "C", [10, 32, 100, 320, 1000, 2000, 4000], value => new LogitsShape(128, value, 6)),
        new("mentors", "M", [1, 2, 3, 4, 6, 8, 12, 16], value => new LogitsShape(256, 1000, value)),
    ];

    public static int Run(string[] arguments)
    {
        var folder = Directory.CreateDirectory(arguments.FirstOrDefault() ?? ".").FullName;
        Console.WriteLine($"torch threads: {get_num_threads()}");
        foreach (var axis in Axes)
        {
            var points = axis.Values.Select(value => (Value: value, Seconds: Measure(axis.Shape(value)))).ToList();
            var rows = points.Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{point.Value},{1e6 * point.Seconds.TensorOperations:F1},{1e6 * point.Seconds.Fused:F1}"));
            File.WriteAllLines(Path.Combine(folder, $"growth-{axis.Name}.csv"), [$"{axis.Name},tensor_operations_us,fused_us", .. rows]);
            Draw(axis, points, Path.Combine(folder, $"growth-{axis.Name}.svg"));
            Console.WriteLine($"{axis.Name}: {string.Join("  ", points.Select(point => string.Create(
                CultureInfo.InvariantCulture, $"{point.Value}: {point.Seconds.TensorOperations / point.Seconds.Fused:F1}x")))}");
        }

        return 0;
    }

    private static (double TensorOperations, double Fused) Measure(LogitsShape shape)
    {
        using var scope = NewDisposeScope();
        var loss = new DistillationLossBenchmark { Shape = shape };
        loss.Draw();
        return (Stopwatches.Seconds(CPU, loss.TensorOperations), Stopwatches.Seconds(CPU, loss.Fused));
    }

    private static void Draw(Growth axis, IReadOnlyList<(int Value, (double TensorOperations, double Fused) Seconds)> points, string path)
    {
        var plot = new PlotModel { Title = $"Loss and gradient of one step, {axis.Fixed}", Background = OxyColors.White };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.LeftTop, LegendFontSize = 14 });
        plot.Axes.Add(new LogarithmicAxis { Position = AxisPosition.Bottom, Title = axis.Name, AxisTitleDistance = 6 });
        plot.Axes.Add(new LogarithmicAxis
        {
            Position = AxisPosition.Left, Title = "microseconds", AxisTitleDistance = 14, MajorGridlineStyle = LineStyle.Dot,
        });
        foreach (var (title, color, seconds) in new (string, OxyColor, Func<(double TensorOperations, double Fused), double>)[]
        {
            ("naive", OxyColors.Gray, both => both.TensorOperations), ("fused", OxyColors.DarkOrange, both => both.Fused),
        })
        {
            var line = new LineSeries
            {
                Title = title, Color = color, StrokeThickness = 2.5,
                MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = color,
            };
            line.Points.AddRange(points.Select(point => new DataPoint(point.Value, 1e6 * seconds(point.Seconds))));
            plot.Series.Add(line);
        }

        using var stream = File.Create(path);
        new SvgExporter { Width = 700, Height = 440, UseVerticalTextAlignmentWorkaround = true }.Export(plot, stream);
    }

    /// <param name="Name">What grows.</param>
    /// <param name="Letter">Its letter in the tables.</param>
    /// <param name="Values">How far.</param>
    /// <param name="Shape">The batch of a value.</param>
    private sealed record Growth(string Name, string Letter, int[] Values, Func<int, LogitsShape> Shape)
    {
        public string Fixed
        {
            get
            {
                var shape = Shape(Values[0]);
                return string.Join(", ", new[] { ("B", shape.Rows), ("C", shape.Classes), ("M", shape.Mentors) }
                    .Where(part => part.Item1 != Letter).Select(part => $"{part.Item1} = {part.Item2}"));
            }
        }
    }
}
