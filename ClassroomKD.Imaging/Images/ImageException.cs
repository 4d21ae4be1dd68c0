namespace ClassroomKD.Imaging;

/// <summary>An image cannot be read: it is missing, incomplete, damaged, too large, or no image; the message says which.</summary>
public sealed class ImageException : IOException
{
    /// <summary>An image and what is wrong with it.</summary>
    /// <param name="name">The image's file or other name.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ImageException(string name, string reason, Exception? innerException = null)
        : base($"{name}: {reason}", innerException) => ImageName = name;

    /// <summary>The image's file or other name.</summary>
    public string ImageName { get; }
}
