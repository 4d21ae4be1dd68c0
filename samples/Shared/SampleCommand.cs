using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using ClassroomKD;

namespace Samples;

/// <summary>What the samples' command lines have in common: options that count, and how a run ends.</summary>
internal static class SampleCommand
{
    /// <summary>An option that is a number of 1 or more.</summary>
    public static Option<int> Count(string name, string description, int standard)
    {
        var option = new Option<int>(name) { Description = description, DefaultValueFactory = _ => standard };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() < 1)
                result.AddError($"{name} must be at least 1.");
        });
        return option;
    }

    /// <summary>Loads libtorch and runs; what the user can mend is one line on the error stream.</summary>
    /// <returns>0; 1 where something is wrong; 130 after Ctrl-C.</returns>
    public static int Run(string name, Action run)
    {
        try
        {
            LibTorch.Load();
            run();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped. What was finished is kept, whole: mentors, and the student of the first seed.");
            return 130;
        }
        catch (Exception exception) when (exception is IOException or InvalidDataException or ArgumentException or LibTorchLoadException or WeightsException or UnauthorizedAccessException)
        {
            Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {exception.Message}"));
            return 1;
        }
    }
}
