namespace ClassroomKD.Vision;

/// <summary>A mini-batch, valid until the loop that draws it draws the next or ends.</summary>
public sealed class ImageBatch : IDisposable
{
    internal ImageBatch(Tensor images, Tensor labels, IReadOnlyList<int> samples) => (Images, Labels, Samples) = (images, labels, samples);

    /// <summary><c>[B, C, H, W]</c>, float32 if the images are normalized, else uint8. Do not dispose it; clone it to keep it.</summary>
    public Tensor Images { get; }

    /// <summary>
    /// Class indices int64 <c>[B]</c>, or distributions float32 <c>[B, classes]</c> if labels are smoothed or mixed. A classroom takes
    /// both. Do not dispose it; clone it to keep it.
    /// </summary>
    public Tensor Labels { get; }

    /// <summary>Which images of the data set these are, in the order of the batch; of mixed images the one that labels the row.</summary>
    public IReadOnlyList<int> Samples { get; }

    /// <summary>Its number within the epoch, from 0; batches that were left out because of broken files count.</summary>
    public required int Number { get; init; }

    /// <summary>Supports <c>foreach (var (x, y) in ...)</c>.</summary>
    /// <param name="images"><see cref="Images"/>.</param>
    /// <param name="labels"><see cref="Labels"/>.</param>
    public void Deconstruct(out Tensor images, out Tensor labels) => (images, labels) = (Images, Labels);

    /// <summary>Some neighbors of the batch, as a batch of its own of the same number, which shares its memory.</summary>
    internal ImageBatch Narrow(int first, int count) => new(
        Images.narrow(0, first, count).DetachFromDisposeScope(), Labels.narrow(0, first, count).DetachFromDisposeScope(),
        [.. Samples.Skip(first).Take(count)]) { Number = Number };

    /// <summary>Releases the tensors, as the loop does itself.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
