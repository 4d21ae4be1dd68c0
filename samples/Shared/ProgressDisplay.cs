using System.Diagnostics;
using System.Globalization;
using Spectre.Console;

namespace Samples;

/// <summary>Shows the progress of the whole run and the time left: a bar in a terminal, plain lines if the output is piped.</summary>
internal sealed class ProgressDisplay(ProgressTask? bar, double total)
{
    private readonly Stopwatch clock = Stopwatch.StartNew();
    private double done, skipped;
    private TimeSpan lastLine;

    /// <summary>Runs work that reports its progress, in any unit, up to the total.</summary>
    public static T Show<T>(double total, Func<ProgressDisplay, T> work)
    {
        if (Console.IsOutputRedirected)
            return work(new ProgressDisplay(null, total));

        return AnsiConsole.Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left }, new ProgressBarColumn(), new PercentageColumn(),
                new RemainingTimeColumn())
            .Start(context => work(new ProgressDisplay(context.AddTask("Starting", maxValue: total), total)));
    }

    /// <summary>Writes a text above the bar.</summary>
    public void Say(string text)
    {
        if (bar is null)
            Console.WriteLine(text);
        else
            AnsiConsole.WriteLine(text);
    }

    /// <summary>Reports that work was done.</summary>
    /// <param name="amount">The amount of work, in the units of the total.</param>
    /// <param name="what">What is being done, shown beside the bar.</param>
    /// <param name="before">Whether a run before did it, so that it says nothing about the time left.</param>
    public void Advance(double amount, string what, bool before = false)
    {
        done += amount;
        skipped += before ? amount : 0;
        if (bar is not null)
        {
            bar.Description = Markup.Escape(what.PadRight(34));
            bar.Increment(amount);
            return;
        }
        if (done == skipped || clock.Elapsed - lastLine < TimeSpan.FromSeconds(5))
            return;
        lastLine = clock.Elapsed;
        var left = TimeSpan.FromSeconds(clock.Elapsed.TotalSeconds * (total - done) / (done - skipped));
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"{what,-34} {done / total,4:P0} done, {left.TotalSeconds,4:F0} s left"));
    }
}
