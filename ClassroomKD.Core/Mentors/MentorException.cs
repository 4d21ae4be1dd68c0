namespace ClassroomKD;

/// <summary>A mentor could not answer, or answered in a form that the task cannot use; the message names the mentor.</summary>
public sealed class MentorException : Exception
{
    /// <inheritdoc/>
    public MentorException()
    {
    }

    /// <inheritdoc/>
    public MentorException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public MentorException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
