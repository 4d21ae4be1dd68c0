using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>HRNet's augmentation of crops: half body, scale, rotation, mirror; a function of seed, epoch and sample.</summary>
public sealed record PoseAugmentation
{
    /// <summary>s: the crop is scaled by <c>clip(1 + s N, 1 - s, 1 + s)</c>, N standard normal.</summary>
    /// <value>Default .35.</value>
    public double Scale { get; init; } = .35;

    /// <summary>r in degrees: the crop is turned by <c>clip(r N, -2 r, 2 r)</c>.</summary>
    /// <value>Default 45.</value>
    public double Rotation { get; init; } = 45;

    /// <summary>The probability of a rotation.</summary>
    /// <value>Default .6.</value>
    public double RotationProbability { get; init; } = .6;

    /// <summary>The probability of a mirror, in which joints change places in pairs.</summary>
    /// <value>Default .5.</value>
    public double MirrorProbability { get; init; } = .5;

    /// <summary>How often a person of enough visible joints is reduced to its upper or lower half.</summary>
    /// <value>Default .3.</value>
    public double HalfBodyProbability { get; init; } = .3;

    /// <summary>More visible joints than these are needed for that.</summary>
    /// <value>Default 8.</value>
    public int HalfBodyJoints { get; init; } = 8;

    /// <summary>The part of the image that a sample shows in an epoch.</summary>
    internal PersonPlacement Draw(PersonSample person, JointLayout joints, SplitMix64 random, double aspect, double padding)
    {
        var crop = PersonCrop.FromBox(person.Box, aspect, padding);
        // Every number is drawn whether it is needed or not, so that one option does not change what the others draw.
        var (half, upper) = (random.Unit() < HalfBodyProbability, Normal(ref random) < .5);
        var scale = Math.Clamp(1 + Scale * Normal(ref random), 1 - Scale, 1 + Scale);
        var turn = Math.Clamp(Rotation * Normal(ref random), -2 * Rotation, 2 * Rotation);
        var turned = random.Unit() < RotationProbability;
        var mirrored = random.Unit() < MirrorProbability;
        if (half && HalfBody(person, joints, upper, aspect) is { } part)
            crop = part;
        return new PersonPlacement(crop with { Width = crop.Width * scale, Height = crop.Height * scale }, turned ? turn : 0, mirrored);
    }

    internal void RequireValid()
    {
        if (!(Scale is >= 0 and < 1))
            throw new ArgumentOutOfRangeException(nameof(Scale), Scale, "Expected 0 or more and below 1.");
        if (!(Rotation is >= 0 and <= 180))
            throw new ArgumentOutOfRangeException(nameof(Rotation), Rotation, "Expected 0 to 180 degrees.");
        (string, double)[] probabilities =
        [
            (nameof(RotationProbability), RotationProbability), (nameof(MirrorProbability), MirrorProbability),
            (nameof(HalfBodyProbability), HalfBodyProbability),
        ];
        foreach (var (name, value) in probabilities)
            if (!(value is >= 0 and <= 1))
                throw new ArgumentOutOfRangeException(name, value, "Expected a probability.");
    }

    // Centered on the mean of the chosen joints, of their extent, half as much again; the whole person where it cannot be.
    private PersonCrop? HalfBody(PersonSample person, JointLayout joints, bool upper, double aspect)
    {
        var visible = Enumerable.Range(0, joints.Count).Where(k => person.Keypoints[3 * k + 2] > 0).ToList();
        if (visible.Count <= HalfBodyJoints)
            return null;
        var above = visible.Where(joints.UpperBody.Contains).ToList();
        var below = visible.Except(above).ToList();
        var chosen = upper && above.Count > 2 ? above : below.Count > 2 ? below : above;
        if (chosen.Count < 2)
            return null;
        double X(int k) => person.Keypoints[3 * k];
        double Y(int k) => person.Keypoints[3 * k + 1];
        var (width, height) = (chosen.Max(X) - chosen.Min(X), chosen.Max(Y) - chosen.Min(Y));
        if (width + height <= 0)
            return null;
        var crop = PersonCrop.FromBox(new KeypointBox(0, 0, width, height), aspect, 1.5);
        return crop with { CenterX = chosen.Average(X), CenterY = chosen.Average(Y) };
    }

    private static double Normal(ref SplitMix64 random)
    {
        // 1 - u is above 0.
        var radius = Math.Sqrt(-2 * Math.Log(1 - random.Unit()));
        return radius * Math.Cos(2 * Math.PI * random.Unit());
    }
}
