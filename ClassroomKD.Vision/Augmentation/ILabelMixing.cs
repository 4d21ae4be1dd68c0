namespace ClassroomKD.Vision;

/// <summary>Mixes the images of a batch with one another, and their labels alike, on their device, after normalization.</summary>
/// <remarks>
/// It is called on the thread that draws batches, within a dispose scope. Nothing is read back from the device: random numbers are drawn on
/// the host, from <c>SplitMix64.Of(seed)</c>.
/// </remarks>
public interface ILabelMixing
{
    /// <summary>Mixes a batch.</summary>
    /// <param name="images">float32 <c>[B, C, H, W]</c>; neither changed nor disposed.</param>
    /// <param name="targets">float32 <c>[B, classes]</c>, each row a distribution; neither changed nor disposed.</param>
    /// <param name="seed">The seed of everything random.</param>
    /// <returns>Images and targets of the same shapes, in the caller's dispose scope.</returns>
    (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor targets, long seed);
}
