using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>Brings photographs of any size to the size of a batch, one by one on the loading threads.</summary>
public interface IImageFit
{
    /// <summary>Decodes, cuts and resizes an image.</summary>
    /// <param name="image">The opened image, of which only the needed part should be decoded; not disposed.</param>
    /// <param name="random">The random numbers of this image in this epoch.</param>
    /// <returns>A new image, of the same size for every input.</returns>
    /// <exception cref="ImageException">The image is broken.</exception>
    RgbImage Apply(EncodedImage image, ref SplitMix64 random);
}
