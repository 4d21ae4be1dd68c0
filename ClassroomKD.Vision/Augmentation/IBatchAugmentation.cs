namespace ClassroomKD.Vision;

/// <summary>Changes the images of a batch at random, on their device, before normalization.</summary>
/// <remarks>
/// It is called on the thread that draws batches, within a dispose scope. Nothing is read back from the device: random numbers are drawn on
/// the host, from <c>SplitMix64.Of(seed)</c>. An implementation keeps no state between calls.
/// </remarks>
public interface IBatchAugmentation
{
    /// <summary>Augments a batch.</summary>
    /// <param name="images">Raw images, uint8 <c>[B, C, H, W]</c>; neither changed nor disposed.</param>
    /// <param name="seed">The seed of everything random.</param>
    /// <returns>uint8 <c>[B, C, H', W']</c> on the same device, in the caller's dispose scope.</returns>
    Tensor Apply(Tensor images, long seed);
}
