using ClassroomKD;
using ClassroomKD.Imaging;
using ClassroomKD.Pose;
using SkiaSharp;

namespace PoseSample;

/// <summary>Skeletons over the first test persons, one column each: annotated above, predictions below, each row with its name.</summary>
internal static class PictureSheet
{
    private const int Columns = 10, TileWidth = 168, TileHeight = 224, Gap = 6, NameHeight = 26;

    private const int RowHeight = NameHeight + TileHeight + Gap;

    /// <summary>Writes the sheet as PNG: whole or not at all.</summary>
    public static void Write(PersonDataset test, IReadOnlyList<(string Name, IReadOnlyList<PosePrediction> Poses)> rows, string path)
    {
        // Every network was asked about the same persons; those with broken images have no prediction.
        var persons = rows[0].Poses.Take(Columns).Select(prediction => prediction.Person).ToList();
        using var surface = SKSurface.Create(new SKImageInfo(persons.Count * (TileWidth + Gap) + Gap, (rows.Count + 1) * RowHeight + Gap));
        surface.Canvas.Clear(SKColors.White);
        Name(surface.Canvas, 0, "annotated");
        for (var row = 0; row < rows.Count; row++)
            Name(surface.Canvas, row + 1, rows[row].Name);
        for (var column = 0; column < persons.Count; column++)
        {
            using var image = test.ReadImage(persons[column]);
            using var picture = Bitmap(image);
            var person = test.Persons[persons[column]];
            for (var row = 0; row <= rows.Count; row++)
            {
                var joints = row == 0 ? person.Keypoints
                    : rows[row - 1].Poses.Single(prediction => prediction.Person == persons[column]).Keypoints;
                Tile(surface.Canvas, column, row, picture, person, joints, test.Joints);
            }
        }
        using var png = surface.Snapshot().Encode(SKEncodedImageFormat.Png, 100);
        WholeFile.Write(path, png.SaveTo);
    }

    private static void Name(SKCanvas canvas, int row, string name)
    {
        using var font = new SKFont(SKTypeface.Default, 18);
        using var ink = new SKPaint { IsAntialias = true, Color = SKColors.Black };
        canvas.DrawText(name, Gap, Gap + row * RowHeight + NameHeight - 8, font, ink);
    }

    private static void Tile(
        SKCanvas canvas, int column, int row, SKBitmap picture, PersonSample person, IReadOnlyList<double> joints, JointLayout layout)
    {
        var map = CropTransform.Msra(PersonCrop.FromBox(person.Box, (double)TileWidth / TileHeight), TileWidth, TileHeight);
        using var cut = new SKBitmap(TileWidth, TileHeight, SKColorType.Rgb888x, SKAlphaType.Opaque);
        using (var drawing = new SKCanvas(cut))
        {
            drawing.Clear(SKColors.Black);
            drawing.DrawBitmap(picture,
                new SKRect((float)map.C, (float)map.F, (float)(map.C + map.A * picture.Width), (float)(map.F + map.E * picture.Height)));
        }

        using var tile = new RgbImage(TileWidth, TileHeight);
        cut.GetPixelSpan().CopyTo(tile.Pixels);
        // Predictions have no visibility: what is not annotated is not drawn, so that rows compare.
        var visible = joints.Select((number, i) => i % 3 == 2 ? person.Keypoints[i] : number);
        SkeletonDrawing.Draw(tile, [.. visible], layout, map);
        using var drawn = Bitmap(tile);
        canvas.DrawBitmap(drawn, Gap + column * (TileWidth + Gap), Gap + row * RowHeight + NameHeight);
    }

    private static SKBitmap Bitmap(RgbImage image)
    {
        var bitmap = new SKBitmap(image.Width, image.Height, SKColorType.Rgb888x, SKAlphaType.Opaque);
        image.Pixels.CopyTo(bitmap.GetPixelSpan());
        return bitmap;
    }
}
