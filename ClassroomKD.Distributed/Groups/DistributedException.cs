namespace ClassroomKD.Distributed;

/// <summary>Processes could not find each other, could not communicate, or do not train the same.</summary>
public sealed class DistributedException : InvalidOperationException
{
    /// <summary>An exception without a message.</summary>
    public DistributedException()
    {
    }

    /// <summary>An exception with a message.</summary>
    /// <param name="message">What happened, on which rank, and what to do.</param>
    public DistributedException(string message)
        : base(message)
    {
    }

    /// <summary>An exception with a message and a cause.</summary>
    /// <param name="message">What happened, on which rank, and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public DistributedException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
