using System.Globalization;
using System.Text.Json;
using Samples;
using Spectre.Console;

namespace Quickstart;

/// <summary>The tables at the end, and the same figures as one line of JSON.</summary>
internal static class ResultTables
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);

    public static void Print(StudyResult result)
    {
        var console = ResultConsole.Create(width: 110);

        var mentors = new Table().Title("Mentors").Border(TableBorder.Ascii)
            .AddColumn("mentor").AddColumn(Right("parameters")).AddColumn(Right("accuracy"))
            .AddColumn(Right("taught")).AddColumn(Right("mean weight")).AddColumn(Right("mean temperature"));
        foreach (var mentor in result.Mentors)
            mentors.AddRow(
                mentor.Name, Text($"{mentor.Parameters:N0}"), Text($"{mentor.Accuracy:P1}"),
                Text($"{mentor.TaughtShare:P1}"), Text($"{mentor.MeanWeight:F2}"), Text($"{mentor.MeanTemperature:F2}"));
        console.Write(mentors);

        var students = new Table().Border(TableBorder.Ascii)
            .Title(Text($"Student, {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"))
            .AddColumn("trained").AddColumn(Right("accuracy")).AddColumn(Right("against alone"));
        foreach (var student in result.Students)
            students.AddRow(
                student.Name,
                Text($"{student.Mean:P1}") + (student.Accuracies.Count > 1 ? Text($" ± {100 * student.Spread:F1}") : ""),
                Text($"{100 * (student.Mean - result.Students[0].Mean):+0.0;-0.0;0.0} points"));
        console.Write(students);
    }

    public static string Json(StudyResult result, string weights, string onnx, string plot) => JsonSerializer.Serialize(
        new
        {
            result.Data,
            result.TrainingImages,
            result.TestImages,
            result.Epochs,
            result.Steps,
            result.StudentParameters,
            mentors = result.Mentors.Select(mentor => mentor with { MeanTemperature = double.IsNaN(mentor.MeanTemperature) ? 0 : mentor.MeanTemperature }),
            students = result.Students.Select(student => new { student.Name, accuracy = student.Mean, student.Spread, student.Accuracies }),
            seconds = Math.Round(result.Seconds, 1),
            weights,
            onnx,
            plot,
        },
        Compact);

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
