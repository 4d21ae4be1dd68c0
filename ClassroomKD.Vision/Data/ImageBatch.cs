using static TorchSharp.torch;

namespace ClassroomKD.Vision;

/// <summary>A mini-batch. It belongs to the loop that draws it: valid until the next batch is drawn or the loop ends.</summary>
public sealed class ImageBatch : IDisposable
{
    internal ImageBatch(Tensor images, Tensor labels) => (Images, Labels) = (images, labels);

    /// <summary><c>[B, C, H, W]</c>: float32 if the sampler normalizes, else uint8. Not to be disposed; clone it to keep it.</summary>
    public Tensor Images { get; }

    /// <summary>
    /// Class indices int64 <c>[B]</c>; distributions float32 <c>[B, classes]</c> if the sampler smooths or mixes labels. A classroom takes
    /// either. Not to be disposed; clone it to keep it.
    /// </summary>
    public Tensor Labels { get; }

    /// <summary>Its number within the epoch: not what a count gives, if a batch before it was left out.</summary>
    internal int Number { get; init; }

    /// <summary>Lets a loop say <c>foreach (var (x, y) in ...)</c>.</summary>
    /// <param name="images"><see cref="Images"/>.</param>
    /// <param name="labels"><see cref="Labels"/>.</param>
    public void Deconstruct(out Tensor images, out Tensor labels) => (images, labels) = (Images, Labels);

    /// <summary>Releases the tensors; the loop does so itself.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Labels.Dispose();
    }
}
