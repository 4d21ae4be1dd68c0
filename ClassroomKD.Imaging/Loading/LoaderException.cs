namespace ClassroomKD.Imaging;

/// <summary>A sample or batch could not be made for a reason other than a broken image; the message names it, the inner exception says why.</summary>
public sealed class LoaderException : Exception
{
    /// <summary>What could not be made, and why.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">What the source threw.</param>
    public LoaderException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
