namespace ClassroomKD.Pose;

/// <summary>How a part of an image becomes a network's input.</summary>
/// <param name="Crop">The part of the image.</param>
/// <param name="Degrees">The rotation of the part.</param>
/// <param name="Mirrored">Whether left and right change places, about the crop's center.</param>
internal readonly record struct PersonPlacement(PersonCrop Crop, double Degrees, bool Mirrored)
{
    /// <summary>The map from image to input. HRNet mirrors the image and its center, which is a mirror at the crop's center.</summary>
    public CropTransform Map(int width, int height, bool udp)
    {
        var map = udp ? CropTransform.Udp(Crop, width, height, Degrees) : CropTransform.Msra(Crop, width, height, Degrees);
        return Mirrored
            ? map with { A = -map.A, C = map.C + 2 * Crop.CenterX * map.A, D = -map.D, F = map.F + 2 * Crop.CenterX * map.D }
            : map;
    }
}
