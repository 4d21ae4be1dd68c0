using Spectre.Console;

namespace Samples;

/// <summary>Where tables go: the terminal, or plain text of a fixed width where the output is piped.</summary>
internal static class ResultConsole
{
    public static IAnsiConsole Create(int width)
    {
        if (!Console.IsOutputRedirected)
            return AnsiConsole.Console;
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Ansi = AnsiSupport.No, Interactive = InteractionSupport.No, Out = new AnsiConsoleOutput(Console.Out) });
        console.Profile.Width = width;
        return console;
    }
}
