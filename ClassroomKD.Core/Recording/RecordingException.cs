namespace ClassroomKD;

/// <summary>
/// A recording is damaged or incomplete, or belongs to other mentors or other data; the message names the file and the difference.
/// </summary>
public sealed class RecordingException : Exception
{
    /// <inheritdoc/>
    public RecordingException()
    {
    }

    /// <inheritdoc/>
    public RecordingException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public RecordingException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
