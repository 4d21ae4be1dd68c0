using ClassroomKD;
using OxyPlot;
using OxyPlot.Axes;
using OxyPlot.Legends;
using OxyPlot.Series;
using Samples;

namespace Quickstart;

/// <summary>Test accuracy of the three students over the epochs, with the mentors as dashed lines.</summary>
internal static class AccuracyPlot
{
    private static readonly OxyColor[] Colors = [OxyColors.Gray, OxyColors.SteelBlue, OxyColors.DarkOrange];

    /// <summary>Writes the plot as SVG: whole or not at all.</summary>
    public static void Write(StudyResult<double> result, string path)
    {
        var plot = new PlotModel { Title = "Test accuracy of one student, taught in three ways", Background = OxyColors.White };
        plot.Legends.Add(new Legend { LegendPosition = LegendPosition.RightBottom });
        plot.Axes.Add(new LinearAxis
        {
            Position = AxisPosition.Bottom, Title = "epoch", Minimum = 1, Maximum = Math.Max(2, result.Epochs), MinimumMajorStep = 1,
        });
        plot.Axes.Add(new LinearAxis { Position = AxisPosition.Left, Title = "accuracy, %", MajorGridlineStyle = LineStyle.Dot });

        foreach (var mentor in result.Mentors)
        {
            var line = new LineSeries { Color = OxyColors.DarkSeaGreen, LineStyle = LineStyle.Dash, Title = $"mentor {mentor.Name}" };
            line.Points.Add(new DataPoint(1, 100 * mentor.Mark));
            line.Points.Add(new DataPoint(Math.Max(2, result.Epochs), 100 * mentor.Mark));
            plot.Series.Add(line);
        }
        foreach (var (student, color) in result.Students.Zip(Colors))
        {
            var curve = new LineSeries
            {
                Color = color, StrokeThickness = 2.5, MarkerType = MarkerType.Circle, MarkerSize = 3, MarkerFill = color,
                Title = student.Name,
            };
            for (var epoch = 0; epoch < result.Epochs; epoch++)
                curve.Points.Add(new DataPoint(epoch + 1, 100 * student.Curves.Average(accuracies => accuracies[epoch])));
            plot.Series.Add(curve);
        }

        WholeFile.Write(
            path, stream => new SvgExporter { Width = 900, Height = 560, UseVerticalTextAlignmentWorkaround = true }.Export(plot, stream));
    }
}
