namespace ClassroomKD.Pose;

/// <summary>An affine map of positions from image pixels to input pixels: x' = A x + B y + C, y' = D x + E y + F.</summary>
/// <param name="A">x' per x.</param>
/// <param name="B">x' per y.</param>
/// <param name="C">x' at the origin.</param>
/// <param name="D">y' per x.</param>
/// <param name="E">y' per y.</param>
/// <param name="F">y' at the origin.</param>
public readonly record struct CropTransform(double A, double B, double C, double D, double E, double F)
{
    /// <summary>MSRA's map (SimpleBaseline, HRNet): one scale for both axes, from the width.</summary>
    /// <param name="crop">The part of the image.</param>
    /// <param name="width">The width of the output, in pixels or cells.</param>
    /// <param name="height">The height of the output, in pixels or cells.</param>
    /// <param name="degrees">The rotation; UDP turns the other way for the same angle. Default 0.</param>
    /// <returns>The map from the image.</returns>
    public static CropTransform Msra(PersonCrop crop, int width, int height, double degrees = 0)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var scale = width / crop.Width;
        var (a, b) = (scale * cos, scale * sin);
        return new CropTransform(
            a, b, width * .5 - a * crop.CenterX - b * crop.CenterY,
            -b, a, height * .5 + b * crop.CenterX - a * crop.CenterY);
    }

    /// <summary>UDP's map: edges onto edges, a scale for each axis. It must not be mixed with MSRA's on one crop.</summary>
    /// <inheritdoc cref="Msra" path="/param"/>
    /// <returns>The map from the image.</returns>
    public static CropTransform Udp(PersonCrop crop, int width, int height, double degrees = 0)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        var (scaleX, scaleY) = ((width - 1) / crop.Width, (height - 1) / crop.Height);
        return new CropTransform(
            cos * scaleX, -sin * scaleX, scaleX * (-crop.CenterX * cos + crop.CenterY * sin + crop.Width * .5),
            sin * scaleY, cos * scaleY, scaleY * (-crop.CenterX * sin - crop.CenterY * cos + crop.Height * .5));
    }

    /// <summary>Maps a position.</summary>
    /// <param name="x">x in the image.</param>
    /// <param name="y">y in the image.</param>
    /// <returns>The position in the output.</returns>
    public (double X, double Y) Apply(double x, double y) => (A * x + B * y + C, D * x + E * y + F);

    /// <summary>The map back to the image.</summary>
    /// <returns>The inverse.</returns>
    /// <exception cref="InvalidOperationException">The map has no inverse.</exception>
    public CropTransform Inverse()
    {
        var determinant = A * E - B * D;
        if (determinant == 0 || !double.IsFinite(determinant))
            throw new InvalidOperationException($"{this} has no inverse.");
        var (a, b, d, e) = (E / determinant, -B / determinant, -D / determinant, A / determinant);
        return new CropTransform(a, b, -a * C - b * F, d, e, -d * C - e * F);
    }
}
