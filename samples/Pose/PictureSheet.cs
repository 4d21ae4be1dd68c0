using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using SkiaSharp;

namespace PoseSample;

/// <summary>Skeletons over the first test persons, one column each: annotated above, predictions below.</summary>
internal static class PictureSheet
{
    private const int Columns = 10, TileWidth = 168, TileHeight = 224, Gap = 6;

    private static readonly SKColor Left = new(40, 160, 255), Right = new(255, 150, 20), Middle = new(240, 240, 60);

    /// <summary>Writes the sheet as PNG: whole or not at all.</summary>
    public static void Write(PersonDataset test, IReadOnlyList<IReadOnlyList<PosePrediction>> rows, string path)
    {
        // Every network was asked about the same persons; those with broken images have no prediction.
        var persons = rows[0].Take(Columns).Select(prediction => prediction.Person).ToList();
        using var surface = SKSurface.Create(
            new SKImageInfo(persons.Count * (TileWidth + Gap) + Gap, (rows.Count + 1) * (TileHeight + Gap) + Gap));
        surface.Canvas.Clear(SKColors.White);
        for (var column = 0; column < persons.Count; column++)
        {
            using var picture = Bitmap(test, persons[column]);
            var person = test.Persons[persons[column]];
            for (var row = 0; row <= rows.Count; row++)
            {
                // Predictions have no visibility: what is not annotated is not drawn, so that rows compare.
                var joints = row == 0
                    ? person.Keypoints
                    : rows[row - 1].Single(prediction => prediction.Person == persons[column]).Keypoints;
                Tile(surface.Canvas, column, row, picture, person, joints, test.Joints);
            }
        }
        using var png = surface.Snapshot().Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.SaveTo);
    }

    private static void Tile(
        SKCanvas canvas, int column, int row, SKBitmap picture, PersonSample person, IReadOnlyList<double> joints, JointLayout layout)
    {
        var (x, y) = (Gap + column * (TileWidth + Gap), Gap + row * (TileHeight + Gap));
        var map = CropTransform.Msra(PersonCrop.FromBox(person.Box, (double)TileWidth / TileHeight), TileWidth, TileHeight);
        canvas.Save();
        canvas.Translate(x, y);
        canvas.ClipRect(new SKRect(0, 0, TileWidth, TileHeight));
        canvas.Clear(SKColors.Black);
        canvas.DrawBitmap(
            picture,
            new SKRect((float)map.C, (float)map.F, (float)(map.C + map.A * picture.Width), (float)(map.F + map.E * picture.Height)));
        using var line = new SKPaint { IsAntialias = true, StrokeWidth = 3, Style = SKPaintStyle.Stroke };
        using var dot = new SKPaint { IsAntialias = true };
        foreach (var (from, to) in layout.Limbs)
        {
            if (!(Annotated(from) && Annotated(to)))
                continue;
            line.Color = Side(layout, from) == Side(layout, to) ? Side(layout, from) : Middle;
            canvas.DrawLine(At(from), At(to), line);
        }
        for (var k = 0; k < layout.Count; k++)
        {
            if (!Annotated(k))
                continue;
            dot.Color = Side(layout, k);
            canvas.DrawCircle(At(k), 4, dot);
        }
        canvas.Restore();

        bool Annotated(int k) => person.Keypoints[3 * k + 2] > 0;

        // A joint at x lies in the middle of the pixel that a bitmap draws from x to x + 1.
        SKPoint At(int k)
        {
            var (px, py) = map.Apply(joints[3 * k] + .5, joints[3 * k + 1] + .5);
            return new SKPoint((float)px, (float)py);
        }
    }

    private static SKColor Side(JointLayout layout, int joint) =>
        layout.Names[joint].StartsWith("left", StringComparison.Ordinal) ? Left : layout.Names[joint].StartsWith(
            "right", StringComparison.Ordinal) ? Right : Middle;

    private static SKBitmap Bitmap(PersonDataset test, int person)
    {
        using var image = test.ReadImage(person);
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        image.Pixels.CopyTo(bitmap.GetPixelSpan());
        return bitmap;
    }
}
