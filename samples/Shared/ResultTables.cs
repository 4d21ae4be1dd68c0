using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Samples;

/// <summary>Tables, in plain text of a fixed width if the output is piped, and the same results as one line of JSON.</summary>
internal static class ResultTables
{
    private static readonly JsonSerializerOptions Compact = new(JsonSerializerDefaults.Web);

    public static IAnsiConsole Console(int width)
    {
        if (!System.Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(System.Console.Out),
        });
        console.Profile.Width = width;
        return console;
    }

    /// <summary>A table whose columns are aligned to the right, but for the first.</summary>
    public static Table Create(string title, params string[] columns)
    {
        var table = new Table().Border(TableBorder.Ascii).Title(title).AddColumn(columns[0]);
        foreach (var column in columns[1..])
            table.AddColumn(new TableColumn(column).RightAligned());
        return table;
    }

    public static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    /// <summary>Mean and, for several seeds, standard deviation, in percent.</summary>
    public static string Percent(StudentResult student, string figure) =>
        Text($"{100 * student.Mean(figure):F1}") + (student.Trainings.Count > 1 ? Text($" ± {100 * student.Spread(figure):F1}") : "");

    public static string Json(object result) => JsonSerializer.Serialize(result, Compact);
}
