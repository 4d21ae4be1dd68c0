using System.Globalization;
using ClassroomKD;

namespace Samples;

/// <summary>What a user can mend ends a program with its message, without a stack trace.</summary>
internal static class UserError
{
    /// <summary>Whether this is about what was asked for or about files, not about the program.</summary>
    public static bool Is(Exception exception) => exception is IOException or InvalidDataException or ArgumentException
        or LibTorchLoadException or WeightsException or CheckpointException or RecordingException or UnauthorizedAccessException;

    /// <returns>The program's exit code.</returns>
    public static int Tell(string program, Exception exception)
    {
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{program}: {exception.Message}"));
        return 1;
    }
}
