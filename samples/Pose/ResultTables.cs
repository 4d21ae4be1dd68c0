using System.Globalization;
using System.Text.Json;
using Samples;
using Spectre.Console;

namespace PoseSample;

/// <summary>The tables at the end, and the same figures as one line of JSON.</summary>
internal static class ResultTables
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);

    public static void Print(StudyResult result)
    {
        var console = ResultConsole.Create(width: 136);
        var marks = new Table().Border(TableBorder.Ascii)
            .Title(Text($"{result.TestPersons} persons; PCK within {Marks.PckShare} of the box; AP and AR as COCO's, in percent; student: {result.StudentParameters:N0} parameters, {result.Steps:N0} steps"))
            .AddColumn("network").AddColumn(Right("parameters")).AddColumn(Right("PCK")).AddColumn(Right("AP")).AddColumn(Right("AP50"))
            .AddColumn(Right("AR")).AddColumn(Right("AR50"));
        foreach (var mentor in result.Mentors)
            marks.AddRow(
                $"mentor {mentor.Name}", Text($"{mentor.Parameters:N0}"), Text($"{100 * mentor.Marks.Pck:F1}"), Text($"{100 * mentor.Marks.Ap:F1}"),
                Text($"{100 * mentor.Marks.Ap50:F1}"), Text($"{100 * mentor.Marks.Ar:F1}"), Text($"{100 * mentor.Marks.Ar50:F1}"));
        foreach (var student in result.Students)
            marks.AddRow(
                $"student {student.Name}", Text($"{result.StudentParameters:N0}"), Figure(student, m => m.Pck), Figure(student, m => m.Ap), Figure(student, m => m.Ap50),
                Figure(student, m => m.Ar), Figure(student, m => m.Ar50));
        console.Write(marks);

        var teaching = new Table().Title("Who taught: persons, then joints: how many, and the mean lead over the student in similarity (OKS of one joint)").Border(TableBorder.Ascii)
            .AddColumn("mentor").AddColumn(Right("taught")).AddColumn(Right("weight")).AddColumn(Right("temperature"));
        foreach (var (name, _) in JointsTaught.Groups)
            teaching.AddColumn(Right(name));
        foreach (var mentor in result.Mentors)
            teaching.AddRow([
                mentor.Name, Text($"{mentor.TaughtShare:P1}"), Text($"{mentor.MeanWeight:F2}"), Text($"{mentor.MeanTemperature:F2}"),
                .. JointsTaught.Groups.Select(group => Text($"{100 * mentor.Joints.Share(group.Joints):F0}% {mentor.Joints.Lead(group.Joints):+.00;-.00;.00}")),
            ]);
        console.Write(teaching);
    }

    public static string Json(StudyResult result, string weights, string pictures) => JsonSerializer.Serialize(
        new
        {
            result.Data,
            result.TrainingPersons,
            result.TestPersons,
            result.Epochs,
            result.Steps,
            result.StudentParameters,
            pckShare = Marks.PckShare,
            mentors = result.Mentors.Select(mentor => new
            {
                mentor.Name, mentor.Parameters, mentor.Marks.Pck, mentor.Marks.Ap, mentor.Marks.Ap50, mentor.Marks.Ar, mentor.Marks.Ar50, mentor.TaughtShare, mentor.MeanWeight,
                meanTemperature = double.IsNaN(mentor.MeanTemperature) ? 0 : mentor.MeanTemperature,
                joints = JointsTaught.Groups.ToDictionary(group => group.Name, group => new { taught = mentor.Joints.Share(group.Joints), lead = mentor.Joints.Lead(group.Joints) }),
            }),
            students = result.Students.Select(student => new
            {
                student.Name, pck = student.Mean(m => m.Pck), ap = student.Mean(m => m.Ap), ap50 = student.Mean(m => m.Ap50), ar = student.Mean(m => m.Ar),
                ar50 = student.Mean(m => m.Ar50), pckSpread = student.Spread(m => m.Pck), apSpread = student.Spread(m => m.Ap), student.PerSeed,
            }),
            seconds = Math.Round(result.Seconds, 1),
            weights,
            pictures,
        },
        Compact);

    private static string Figure(StudentResult student, Func<Marks, double> figure) =>
        Text($"{100 * student.Mean(figure):F1}") + (student.PerSeed.Count > 1 ? Text($" ± {100 * student.Spread(figure):F1}") : "");

    private static TableColumn Right(string header) => new TableColumn(header).RightAligned();

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
