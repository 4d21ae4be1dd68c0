namespace ClassroomKD.Vision;

/// <summary>
/// The source of a pixel of the result: <c>x' = A x + B y + C</c>, <c>y' = D x + E y + F</c>, in pixels from the top left corner of the
/// image (the middle of the first pixel is at 0.5).
/// </summary>
internal readonly record struct PixelAffine(double A, double B, double C, double D, double E, double F)
{
    /// <summary>The strongest translation as a share of the side.</summary>
    private const double Translation = 150.0 / 331;

    /// <summary>A geometric operation at a signed strength of -1 to 1.</summary>
    public static PixelAffine Of(RandAugmentOperation operation, double strength, int width, int height) => operation switch
    {
        RandAugmentOperation.ShearX => new(1, 0.3 * strength, 0, 0, 1, 0),
        RandAugmentOperation.ShearY => new(1, 0, 0, 0.3 * strength, 1, 0),
        RandAugmentOperation.TranslateX => new(1, 0, (int)(Translation * strength * width), 0, 1, 0),
        RandAugmentOperation.TranslateY => new(1, 0, 0, 0, 1, (int)(Translation * strength * height)),
        _ => Rotation(30 * strength, width / 2.0, height / 2.0),
    };

    /// <summary>The matrix for <c>affine_grid</c> without aligned corners, whose coordinates run from -1 to 1 across the image.</summary>
    public void CopyTo(Span<float> theta, int width, int height)
    {
        var aspect = (double)height / width;
        theta[0] = (float)A;
        theta[1] = (float)(B * aspect);
        theta[2] = (float)(A + B * aspect + 2 * C / width - 1);
        theta[3] = (float)(D / aspect);
        theta[4] = (float)E;
        theta[5] = (float)(D / aspect + E + 2 * F / height - 1);
    }

    private static PixelAffine Rotation(double degrees, double x, double y)
    {
        var (sin, cos) = Math.SinCos(degrees * Math.PI / 180);
        return new(cos, -sin, x - cos * x + sin * y, sin, cos, y - sin * x - cos * y);
    }
}
