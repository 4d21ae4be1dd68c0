using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>
/// A generated data set of persons for trying things out without a download: one articulated figure with COCO's 17 joints on each image,
/// partly hidden, before clutter and loose limbs.
/// </summary>
/// <remarks>
/// Images have 80 x 96 pixels. Pose, size, proportions, clothes and background vary. Three in ten figures turn their back, so that nose and
/// eyes are not labeled. Every second one has something in front of it; joints below it have v = 1. A joint outside the image is not
/// labeled. An image and its joints are a function of seed and position alone, computed with integers and with operations of float64 that
/// IEEE 754 rounds exactly, so that they are the same on every machine, and the first n do not depend on the count.
/// </remarks>
public static class ArticulatedFigures
{
    /// <summary>Pixels in x.</summary>
    public const int Width = 80;

    /// <summary>Pixels in y.</summary>
    public const int Height = 96;

    /// <summary>Generates a data set.</summary>
    /// <param name="count">The number of images, at least 1.</param>
    /// <param name="seed">The seed; data sets of different seeds share no image (take one for training, another for testing).</param>
    /// <returns>The persons with COCO annotations; areas are the figures' pixels. Each image takes 23 KB of memory.</returns>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is below 1.</exception>
    public static PersonDataset Generate(int count, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(count, 1);
        var images = new byte[count][];
        var annotations = new CocoAnnotation[count];
        Parallel.For(0, count, i => (images[i], annotations[i]) = Paint(i, SplitMix64.Of(seed, i)));
        var names = Enumerable.Range(0, count).Select(i => $"figure {i} of seed {seed}").ToArray();
        var persons = annotations.Select((person, i) => new PersonSample
        {
            Id = person.Id, ImageId = person.ImageId, File = names[i], ImageWidth = Width, ImageHeight = Height,
            Box = person.Box, Area = person.Area, Keypoints = person.Keypoints,
        }).ToArray();
        var truth = CocoKeypoints.Of(names.Select((name, i) => new CocoImage(i + 1, name, Width, Height)), annotations);
        return new PersonDataset(persons, JointLayout.Coco, person => Image(images[person.ImageId - 1]), truth);
    }

    private static (byte[] Pixels, CocoAnnotation Person) Paint(int index, SplitMix64 random)
    {
        var canvas = new FigureCanvas(Width, Height);
        canvas.PaintBackground(ref random);
        for (var loose = 1 + random.Below(3); loose > 0; loose--)
            Loose(canvas, ref random);
        var figure = Figure.Draw(ref random, Width, Height);
        canvas.BeginFigure();
        figure.Paint(canvas, ref random);
        var (area, box) = canvas.EndFigure();
        for (var hiding = random.Below(2) == 0 ? 1 + random.Below(2) : 0; hiding > 0; hiding--)
            Hide(canvas, ref random);
        canvas.AddNoise(ref random);
        var keypoints = new double[3 * JointLayout.Coco.Count];
        var labeled = 0;
        for (var k = 0; k < JointLayout.Coco.Count; k++)
        {
            var (x, y) = figure.Joint(k);
            if (!figure.Shows(k) || !(x >= 0 && y >= 0 && x <= Width - 1 && y <= Height - 1))
                continue;
            (keypoints[3 * k], keypoints[3 * k + 1], keypoints[3 * k + 2]) = (x, y, canvas.IsHidden(x, y) ? 1 : 2);
            labeled++;
        }
        return (canvas.ToBytes(), new CocoAnnotation
        {
            Id = index + 1, ImageId = index + 1, CategoryId = 1, IsCrowd = false, Area = area, Box = box,
            LabeledJoints = labeled, Keypoints = keypoints,
        });
    }

    private static void Loose(FigureCanvas canvas, ref SplitMix64 random)
    {
        var (x, y) = (random.Between(0, Width), random.Between(0, Height));
        var (dx, dy) = (random.Between(-22, 22), random.Between(-22, 22));
        canvas.PaintLimb((x, y), (x + dx, y + dy), random.Between(1.5, 4.5), Shade.Any(ref random));
    }

    private static void Hide(FigureCanvas canvas, ref SplitMix64 random)
    {
        var (x, y) = (random.Between(.2 * Width, .8 * Width), random.Between(.15 * Height, .95 * Height));
        var (dx, dy) = (random.Between(-28, 28), random.Between(-12, 12));
        canvas.PaintHiding((x - dx, y - dy), (x + dx, y + dy), random.Between(2, 7), Shade.Any(ref random));
    }

    private static RgbImage Image(byte[] rgb)
    {
        var image = new RgbImage(Width, Height);
        var pixels = image.Pixels;
        for (var i = 0; i < Width * Height; i++)
            rgb.AsSpan(3 * i, 3).CopyTo(pixels[(RgbImage.BytesPerPixel * i)..]);
        return image;
    }
}
