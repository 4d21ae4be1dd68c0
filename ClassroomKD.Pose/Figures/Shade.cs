using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>A color of a generated image, each part 0 to 255.</summary>
internal readonly record struct Shade(double Red, double Green, double Blue)
{
    public static Shade Any(ref SplitMix64 random) => new(random.Between(20, 235), random.Between(20, 235), random.Between(20, 235));

    /// <summary>Skin, from pale to dark.</summary>
    public static Shade Skin(ref SplitMix64 random)
    {
        var light = random.Between(.35, 1);
        return new Shade(240 * light, 190 * light, 160 * light);
    }

    public Shade Times(double factor) => new(Red * factor, Green * factor, Blue * factor);

    public Shade Towards(Shade other, double share) =>
        new(Red + share * (other.Red - Red), Green + share * (other.Green - Green), Blue + share * (other.Blue - Blue));
}
