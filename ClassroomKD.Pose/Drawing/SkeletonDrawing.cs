using ClassroomKD.Imaging;
using SkiaSharp;

namespace ClassroomKD.Pose;

/// <summary>Draws joints and limbs over images: left ones blue, right ones orange, those of neither or both sides yellow.</summary>
public static class SkeletonDrawing
{
    private static readonly SKColor Left = new(40, 160, 255), Right = new(255, 150, 20), Middle = new(240, 240, 60);

    /// <summary>Draws one person.</summary>
    /// <param name="image">The image, whose pixels are changed.</param>
    /// <param name="keypoints">Per joint x, y and v or a score; length 3K. Joints of 0 or at NaN are not drawn, nor limbs to them.</param>
    /// <param name="joints">The layout, whose limbs are drawn, and whose pairs tell the side.</param>
    /// <param name="map">The map from positions to pixels, for a part of an image. Default null: positions are pixels.</param>
    /// <param name="thickness">The width of a limb in pixels, above 0. Default 3.</param>
    /// <exception cref="ArgumentException">There are other joints, or the thickness is not above 0.</exception>
    public static void Draw(
        RgbImage image, IReadOnlyList<double> keypoints, JointLayout joints, CropTransform? map = null, double thickness = 3)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(keypoints);
        ArgumentNullException.ThrowIfNull(joints);
        Expect.AboveZero(thickness, "a thickness", nameof(thickness));
        if (keypoints.Count != 3 * joints.Count)
            throw new ArgumentException($"Expected {joints.Count} joints (x, y, v), found {keypoints.Count} numbers.", nameof(keypoints));
        using var bitmap = Copy(image);
        using (var canvas = new SKCanvas(bitmap))
            Draw(canvas, keypoints, joints, map ?? new CropTransform(1, 0, 0, 0, 1, 0), (float)thickness);
        bitmap.GetPixelSpan().CopyTo(image.Pixels);
    }

    private static void Draw(SKCanvas canvas, IReadOnlyList<double> keypoints, JointLayout joints, CropTransform map, float thickness)
    {
        using var line = new SKPaint { IsAntialias = true, StrokeWidth = thickness, Style = SKPaintStyle.Stroke };
        using var dot = new SKPaint { IsAntialias = true };
        foreach (var (from, to) in joints.Limbs)
        {
            if (!(Drawn(from) && Drawn(to)))
                continue;
            line.Color = Side(joints, from) == Side(joints, to) ? Side(joints, from) : Middle;
            canvas.DrawLine(At(from), At(to), line);
        }
        for (var k = 0; k < joints.Count; k++)
        {
            if (!Drawn(k))
                continue;
            dot.Color = Side(joints, k);
            canvas.DrawCircle(At(k), thickness * 4 / 3, dot);
        }

        bool Drawn(int k) => keypoints[3 * k + 2] > 0 && double.IsFinite(keypoints[3 * k] + keypoints[3 * k + 1]);

        // A joint at x lies in the middle of the pixel that a canvas draws from x to x + 1.
        SKPoint At(int k)
        {
            var (x, y) = map.Apply(keypoints[3 * k], keypoints[3 * k + 1]);
            return new SKPoint((float)x + .5f, (float)y + .5f);
        }
    }

    private static SKColor Side(JointLayout joints, int joint) =>
        joints.Pairs.Any(pair => pair.Left == joint) ? Left : joints.Pairs.Any(pair => pair.Right == joint) ? Right : Middle;

    private static SKBitmap Copy(RgbImage image)
    {
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        image.Pixels.CopyTo(bitmap.GetPixelSpan());
        return bitmap;
    }
}
