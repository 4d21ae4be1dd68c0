using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Brings photographs of any size to the one size of a batch, one by one on the loading threads.</summary>
public interface IImageFit
{
    /// <summary>Cuts and resizes an image.</summary>
    /// <param name="image">The decoded image; not disposed.</param>
    /// <param name="random">The random numbers of this image in this epoch.</param>
    /// <returns>A new image, of the same size for every input.</returns>
    RgbImage Apply(RgbImage image, ref SplitMix64 random);
}
