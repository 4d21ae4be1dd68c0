namespace ClassroomKD;

/// <summary>What libtorch says, without the addresses of its own code that it adds.</summary>
internal static class LibTorchMessage
{
    private static readonly string[] Traces = ["\nException raised from ", "\nframe #"];

    /// <summary>The message of an exception, of libtorch or another.</summary>
    public static string Of(Exception exception)
    {
        var message = exception.Message;
        foreach (var trace in Traces)
            if (message.IndexOf(trace, StringComparison.Ordinal) is >= 0 and var end)
                message = message[..end];
        return message.TrimEnd();
    }
}
