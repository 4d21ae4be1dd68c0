namespace ClassroomKD.Pose;

/// <summary>The part of an image that a network sees: a center and a size of the input's shape, in image pixels.</summary>
/// <param name="CenterX">x of the middle.</param>
/// <param name="CenterY">y of the middle.</param>
/// <param name="Width">The extent in x.</param>
/// <param name="Height">The extent in y.</param>
public readonly record struct PersonCrop(double CenterX, double CenterY, double Width, double Height)
{
    /// <summary>Widens or heightens a box to the input's shape and adds room around it.</summary>
    /// <param name="box">A person's box in image pixels.</param>
    /// <param name="aspect">The input's width / height. Default 192 / 256.</param>
    /// <param name="padding">The factor on both extents. Default 1.25.</param>
    /// <returns>The crop around the box's center.</returns>
    /// <exception cref="ArgumentException">Aspect or padding is not above 0.</exception>
    public static PersonCrop FromBox(KeypointBox box, double aspect = .75, double padding = 1.25)
    {
        if (!(aspect > 0 && padding > 0))
            throw new ArgumentException($"Expected aspect and padding above 0, found {aspect} and {padding}.");
        var (width, height) = box.Width > aspect * box.Height ? (box.Width, box.Width / aspect) : (box.Height * aspect, box.Height);
        return new PersonCrop(box.X + box.Width * .5, box.Y + box.Height * .5, width * padding, height * padding);
    }

    /// <summary>HRNet's crop for an MPII person: a square of 200 scale, 1.25 times, its center 15 scale lower than annotated.</summary>
    /// <param name="centerX">The center's x as annotated, counted from 1.</param>
    /// <param name="centerY">The center's y as annotated, counted from 1.</param>
    /// <param name="scale">The person's height / 200 px, as annotated.</param>
    /// <returns>The crop in pixels counted from 0.</returns>
    public static PersonCrop FromMpii(double centerX, double centerY, double scale) =>
        new(centerX - 1, centerY + 15 * scale - 1, 250 * scale, 250 * scale);
}
