namespace ClassroomKD.Imaging;

/// <summary>An image that cannot be read: missing, cut off, damaged, too large, or no image at all. The message names it and says why.</summary>
public sealed class ImageException : IOException
{
    /// <summary>An image and what is wrong with it.</summary>
    /// <param name="name">The file, or what else the image is known by.</param>
    /// <param name="reason">What is wrong with it.</param>
    /// <param name="innerException">The cause, if there is one.</param>
    public ImageException(string name, string reason, Exception? innerException = null)
        : base($"{name}: {reason}", innerException) => ImageName = name;

    /// <summary>The file, or what else the image is known by.</summary>
    public string ImageName { get; }
}
