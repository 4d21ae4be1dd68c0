namespace ClassroomKD;

/// <summary>A checkpoint is damaged, or belongs to another training; the message names the file and the difference.</summary>
public sealed class CheckpointException : Exception
{
    /// <inheritdoc/>
    public CheckpointException()
    {
    }

    /// <inheritdoc/>
    public CheckpointException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public CheckpointException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
