namespace ClassroomKD.Vision;

/// <summary>A mini-batch, valid until the loop that draws it draws the next or ends.</summary>
public sealed class ImageBatch : IDisposable
{
    internal ImageBatch(Tensor images, Tensor labels) => (Images, Labels) = (images, labels);

    /// <summary><c>[B, C, H, W]</c>, float32 if the images are normalized, else uint8. Do not dispose it; clone it to keep it.</summary>
    public Tensor Images { get; }

    /// <summary>
    /// Class indices int64 <c>[B]</c>, or distributions float32 <c>[B, classes]</c> if labels are smoothed or mixed. A classroom takes
    /// both. Do not dispose it; clone it to keep it.
    /// </summary>
    public Tensor Labels { get; }

    /// <summary>Its number within the epoch, which counts batches that were left out.</summary>
    internal int Number { get; init; }

    /// <summary>Supports <c>foreach (var (x, y) in ...)</c>.</summary>
    /// <param name="images"><see cref="Images"/>.</param>
    /// <param name="labels"><see cref="Labels"/>.</param>
    public void Deconstruct(out Tensor images, out Tensor labels) => (images, labels) = (Images, Labels);

    /// <summary>Releases the tensors, as the loop does itself.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
