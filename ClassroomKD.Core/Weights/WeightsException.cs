namespace ClassroomKD;

/// <summary>A file of weights is damaged or refused, or does not fit the network. The message names file, place and cause.</summary>
public sealed class WeightsException : Exception
{
    /// <summary>An exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause. Default null: none.</param>
    public WeightsException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    internal WeightsException(string message, WeightsReport report)
        : base(message) =>
        Report = report;

    /// <summary>What did not fit the network; <c>null</c> if the file itself is at fault.</summary>
    public WeightsReport? Report { get; }
}
