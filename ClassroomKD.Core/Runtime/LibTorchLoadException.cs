namespace ClassroomKD;

/// <summary>libtorch or TorchSharp's native part does not load on this system; the message says why and what to do.</summary>
public sealed class LibTorchLoadException : Exception
{
    /// <inheritdoc/>
    public LibTorchLoadException()
    {
    }

    /// <inheritdoc/>
    public LibTorchLoadException(string message)
        : base(message)
    {
    }

    /// <inheritdoc/>
    public LibTorchLoadException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
