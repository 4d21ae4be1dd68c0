using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>The pixels of an image that one sample's warp reads, and where they lie.</summary>
internal sealed class PersonCut : IDisposable
{
    private PersonCut(int index, RgbImage? pixels, CropTransform map, CropTransform fromInput, bool mirrored) =>
        (Index, Pixels, Map, FromInput, Mirrored) = (index, pixels, map, fromInput, mirrored);

    /// <summary>The sample's index in the data set.</summary>
    public int Index { get; }

    /// <summary>Null where the crop lies outside the image.</summary>
    public RgbImage? Pixels { get; }

    /// <summary>The map from the image to the input.</summary>
    public CropTransform Map { get; }

    /// <summary>The map from the input to these pixels.</summary>
    public CropTransform FromInput { get; }

    public bool Mirrored { get; }

    /// <summary>Cuts out what the warp reads, reduced and antialiased where an input pixel covers too many of the image's.</summary>
    public static PersonCut Of(int index, RgbImage image, in PersonPlacement placement, int width, int height, bool udp, double detail)
    {
        var map = placement.Map(width, height, udp);
        var back = map.Inverse();
        var perPixel = Math.Max(Math.Sqrt(back.A * back.A + back.D * back.D), Math.Sqrt(back.B * back.B + back.E * back.E));
        var reduction = Math.Max(1, perPixel / detail);
        var margin = (int)Math.Ceiling(Math.Min(reduction, 1e6)) + 1;
        var (left, right) = Range(back.A, back.B, back.C, width, height, margin, image.Width);
        var (top, bottom) = Range(back.D, back.E, back.F, width, height, margin, image.Height);
        if (left >= right || top >= bottom)
            return new PersonCut(index, null, map, back, placement.Mirrored);
        var region = new ImageBox(left, top, right - left, bottom - top);
        var (w, h) = (Reduced(region.Width, reduction), Reduced(region.Height, reduction));
        var pixels = (w, h) == (region.Width, region.Height) ? image.Cut(region) : ImageResize.Crop(image, region, w, h);
        // Pixel centers: u + .5 of the cut lies at left + (u + .5) region / w of the image, whose pixel x has its center at x + .5.
        var (kx, ky) = ((double)region.Width / w, (double)region.Height / h);
        var fromInput = new CropTransform(
            back.A / kx, back.B / kx, (back.C + .5 - left) / kx - .5,
            back.D / ky, back.E / ky, (back.F + .5 - top) / ky - .5);
        return new PersonCut(index, pixels, map, fromInput, placement.Mirrored);
    }

    public void Dispose() => Pixels?.Dispose();

    // Where x or y of the input's corners lies in the image, with a margin, within the image.
    private static (int From, int To) Range(double a, double b, double c, int width, int height, int margin, int size)
    {
        var (x, y) = (a * (width - 1), b * (height - 1));
        var low = c + Math.Min(0, x) + Math.Min(0, y) - margin;
        var high = c + Math.Max(0, x) + Math.Max(0, y) + margin;
        return ((int)Math.Clamp(Math.Floor(low), 0, size), (int)Math.Clamp(Math.Ceiling(high) + 1, 0, size));
    }

    private static int Reduced(int pixels, double reduction) => Math.Max(1, (int)Math.Ceiling(pixels / reduction));
}
