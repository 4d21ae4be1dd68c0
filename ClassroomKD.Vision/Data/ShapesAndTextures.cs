using ClassroomKD.Imaging;

namespace ClassroomKD.Vision;

/// <summary>
/// A generated data set of 32x32 color images for experiments without a download: five shapes (disc, square, triangle, cross, ring) in two
/// textures (stripes, spots) make ten classes.
/// </summary>
/// <remarks>
/// Position, size, squeeze, rotation, colors and texture scale vary; background, small patches, a bar in front of every second image and
/// noise distract. Classes that share a shape or a texture are easily confused, which soft labels show a student. An image is a function of
/// seed and position, computed with operations that IEEE 754 rounds exactly: the bytes are the same on every machine, and the first n
/// images do not depend on the count.
/// </remarks>
public static class ShapesAndTextures
{
    private static readonly string[] Names =
    [
        "striped disc", "spotted disc", "striped square", "spotted square", "striped triangle", "spotted triangle",
        "striped cross", "spotted cross", "striped ring", "spotted ring",
    ];

    /// <summary>Generates a data set with equally frequent classes.</summary>
    /// <param name="count">The number of images, at least 1.</param>
    /// <param name="seed">The seed; data sets of different seeds share no image, as for training and test.</param>
    /// <returns>Images uint8 <c>[count, 3, 32, 32]</c> and labels on the CPU; the caller disposes the data set.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static ImageDataset Generate(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        using var scope = NewDisposeScope();
        var images = empty([count, SceneCanvas.Planes, SceneCanvas.Side, SceneCanvas.Side], ScalarType.Byte, CPU);
        var labels = empty([count], ScalarType.Int64, CPU);
        var bytes = images.bytes;
        var classes = HostTensor.Values<long>(labels);
        var canvas = new SceneCanvas();
        for (var i = 0; i < count; i++)
        {
            classes[i] = i % Names.Length;
            Paint(canvas, SplitMix64.Of(seed, i), (Shape)(classes[i] / 2), (Texture)(classes[i] % 2));
            canvas.CopyTo(bytes.Slice(i * SceneCanvas.Pixels, SceneCanvas.Pixels));
        }
        return new ImageDataset(images, labels, Names);
    }

    private static void Paint(SceneCanvas canvas, SplitMix64 random, Shape shape, Texture texture)
    {
        canvas.PaintBackground(ref random);
        for (var patches = 1 + random.Below(3); patches > 0; patches--)
            canvas.PaintPatch(
                ref random, (Shape)random.Below(2), Texture.Plain, random.Between(2, 4), random.Between(2, 30), random.Between(2, 30));
        canvas.PaintPatch(ref random, shape, texture, random.Between(8, 12), random.Between(12, 19), random.Between(12, 19));
        if (random.Below(2) == 0)
            canvas.PaintBar(ref random);
        canvas.AddNoise(ref random);
    }
}
