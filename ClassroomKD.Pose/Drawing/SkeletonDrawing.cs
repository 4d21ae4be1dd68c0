using ClassroomKD.Imaging;
using SkiaSharp;

namespace ClassroomKD.Pose;

/// <summary>Draws joints and limbs over images: left ones blue, right ones orange, those of neither or both sides yellow.</summary>
public static class SkeletonDrawing
{
    private const int Gap = 2; // between parts

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
        RequireJoints(keypoints, joints, nameof(keypoints));
        using var bitmap = Copy(image);
        using (var canvas = new SKCanvas(bitmap))
            Draw(canvas, keypoints, joints, map ?? new CropTransform(1, 0, 0, 0, 1, 0), (float)thickness);
        bitmap.GetPixelSpan().CopyTo(image.Pixels);
    }

    /// <summary>Draws what several say about one person side by side, each over the person's crop.</summary>
    /// <param name="image">The image that shows the person.</param>
    /// <param name="person">The person. Joints that are not labeled are not drawn, whoever predicts them, so that the parts compare.
    /// </param>
    /// <param name="poses">Per joint x, y and a value that is not read; length 3K. Null: the crop alone.</param>
    /// <param name="joints">The layout.</param>
    /// <param name="width">The width of a part in pixels. Default 126.</param>
    /// <param name="height">The height in pixels. Default 168.</param>
    /// <returns>A new image of (width + 2) x parts - 2 by height pixels, which the caller disposes.</returns>
    /// <exception cref="ArgumentException">There are no poses, other joints, or the size is not above 0.</exception>
    public static RgbImage SideBySide(
        RgbImage image, PersonSample person, IReadOnlyList<IReadOnlyList<double>?> poses, JointLayout joints, int width = 126,
        int height = 168)
    {
        ArgumentNullException.ThrowIfNull(image);
        ArgumentNullException.ThrowIfNull(person);
        ArgumentNullException.ThrowIfNull(poses);
        ArgumentNullException.ThrowIfNull(joints);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(height, 1);
        if (poses.Count == 0)
            throw new ArgumentException("At least one pose was expected.", nameof(poses));
        foreach (var pose in poses)
            RequireJoints(pose ?? person.Keypoints, joints, nameof(poses));
        var crop = CropTransform.Msra(PersonCrop.FromBox(person.Box, (double)width / height), width, height);
        var row = new RgbImage(poses.Count * (width + Gap) - Gap, height);
        using var picture = Copy(image);
        using var bitmap = new SKBitmap(row.Width, row.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        using (var canvas = new SKCanvas(bitmap))
        {
            canvas.Clear(SKColors.Black);
            for (var part = 0; part < poses.Count; part++)
            {
                canvas.Save();
                canvas.Translate(part * (width + Gap), 0);
                canvas.ClipRect(new SKRect(0, 0, width, height));
                var (left, top) = ((float)crop.C, (float)crop.F);
                canvas.DrawBitmap(
                    picture, new SKRect(left, top, left + (float)crop.A * image.Width, top + (float)crop.E * image.Height));
                if (poses[part] is { } pose)
                    Draw(canvas, [.. pose.Select((value, i) => i % 3 == 2 ? person.Keypoints[i] : value)], joints, crop, 2);
                canvas.Restore();
            }
        }
        bitmap.GetPixelSpan().CopyTo(row.Pixels);
        return row;
    }

    private static void RequireJoints(IReadOnlyList<double> keypoints, JointLayout joints, string parameter)
    {
        if (keypoints.Count != 3 * joints.Count)
            throw new ArgumentException($"Expected {joints.Count} joints (x, y, v), found {keypoints.Count} numbers.", parameter);
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
