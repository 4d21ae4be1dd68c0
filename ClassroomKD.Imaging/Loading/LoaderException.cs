namespace ClassroomKD.Imaging;

/// <summary>A sample or batch could not be made for a reason other than a broken image; the inner exception is the reason.</summary>
public sealed class LoaderException : Exception
{
    /// <summary>An exception with a message and the reason.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What the source threw.</param>
    public LoaderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
