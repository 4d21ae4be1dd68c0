namespace ClassroomKD.Imaging;

/// <summary>A rectangle of whole pixels.</summary>
/// <param name="X">The leftmost column, from 0.</param>
/// <param name="Y">The topmost row, from 0.</param>
/// <param name="Width">Columns.</param>
/// <param name="Height">Rows.</param>
public readonly record struct ImageBox(int X, int Y, int Width, int Height)
{
    /// <summary>A box in the middle of an image, with offsets rounded half to even as in torchvision's <c>CenterCrop</c>.</summary>
    /// <param name="imageWidth">The image's width.</param>
    /// <param name="imageHeight">The image's height.</param>
    /// <param name="width">The box's width, at most the image's.</param>
    /// <param name="height">The box's height, at most the image's.</param>
    public static ImageBox Centered(int imageWidth, int imageHeight, int width, int height) =>
        new((int)Math.Round((imageWidth - width) / 2.0), (int)Math.Round((imageHeight - height) / 2.0), width, height);

    internal bool IsWithin(int imageWidth, int imageHeight) =>
        X >= 0 && Y >= 0 && Width >= 1 && Height >= 1 && X <= imageWidth - Width && Y <= imageHeight - Height;
}
