using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Persons on images, each a sample. It holds no pixels; images are decoded when a sample is loaded.</summary>
public sealed class PersonDataset
{
    private readonly Func<PersonSample, RgbImage> read;

    /// <summary>Creates a data set of any origin.</summary>
    /// <param name="persons">The samples, at least one.</param>
    /// <param name="joints">The layout of their joints.</param>
    /// <param name="read">Reads a sample's image, on any thread; the caller disposes it. Default null: its file, EXIF ignored.</param>
    /// <param name="annotations">What COCO's metric compares with. Default null: none.</param>
    /// <param name="leftOut">How many annotated persons are not samples. Default null: none.</param>
    /// <exception cref="ArgumentException">
    /// There is no person, or one has other joints, a labeled joint at NaN, a box without extent, or an area that is not above 0 and up to
    /// 10^10, COCO's largest.
    /// </exception>
    public PersonDataset(
        IReadOnlyList<PersonSample> persons, JointLayout joints, Func<PersonSample, RgbImage>? read = null,
        CocoKeypoints? annotations = null, IReadOnlyDictionary<PersonDefect, int>? leftOut = null)
    {
        ArgumentNullException.ThrowIfNull(persons);
        ArgumentNullException.ThrowIfNull(joints);
        if (persons.Count == 0)
            throw new ArgumentException($"Expected at least one person, found none{Described(leftOut)}.", nameof(persons));
        foreach (var person in persons)
            Require(person, joints);
        (Persons, Joints, Annotations, LeftOut) = (persons, joints, annotations, leftOut ?? new Dictionary<PersonDefect, int>());
        this.read = read ?? (static person => ImageDecoder.Default.Decode(person.File));
    }

    /// <summary>The samples.</summary>
    public IReadOnlyList<PersonSample> Persons { get; }

    /// <summary>What their joints are.</summary>
    public JointLayout Joints { get; }

    /// <summary>What COCO's metric compares with: all annotated persons, crowds included; null for a data set of another form.</summary>
    public CocoKeypoints? Annotations { get; }

    /// <summary>How many annotated persons are not samples, for each reason.</summary>
    public IReadOnlyDictionary<PersonDefect, int> LeftOut { get; }

    /// <summary>Decodes the image of a sample.</summary>
    /// <param name="index">0 to the number of persons - 1.</param>
    /// <returns>The image; the caller disposes it.</returns>
    /// <exception cref="ImageException">It cannot be read or has another size; the message names file and annotation.</exception>
    public RgbImage ReadImage(int index)
    {
        var person = Persons[index];
        RgbImage image;
        try
        {
            image = read(person);
        }
        catch (ImageException broken)
        {
            var why = broken.Message[(broken.ImageName.Length + 2)..].TrimEnd('.');
            throw new ImageException(broken.ImageName, $"{why} (annotation {person.Id}).", broken);
        }
        if ((person.ImageWidth == 0 || person.ImageWidth == image.Width) && (person.ImageHeight == 0 || person.ImageHeight == image.Height))
            return image;
        var found = $"{image.Width} x {image.Height}";
        var turned = (person.ImageWidth, person.ImageHeight) == (image.Height, image.Width)
            ? $" Sides change places where a photograph's EXIF orientation is followed or not: see " +
                $"{nameof(CocoPersonsOptions)}.{nameof(CocoPersonsOptions.ApplyOrientation)}."
            : "";
        image.Dispose();
        throw new ImageException(
            person.File,
            $"annotation {person.Id} was made on {person.ImageWidth} x {person.ImageHeight} pixels, the image has {found}.{turned}");
    }

    private static void Require(PersonSample person, JointLayout joints)
    {
        var wrong =
            person.Keypoints.Count != 3 * joints.Count ? $"{joints.Count} joints (x, y, v), found {person.Keypoints.Count} numbers"
            : !(person.Area > 0 && person.Area <= CocoAnnotation.LargestArea)
                ? $"an area above 0 and up to {CocoAnnotation.LargestArea:e0}, found {person.Area}"
            : UnknownPlace(person.Keypoints) is { } joint ? $"labeled joints at finite positions, found joint {joint} elsewhere"
            : !HasExtent(person.Box) ? $"a box with an extent, found {person.Box}"
            : null;
        if (wrong is not null)
            throw new ArgumentException($"{person.File}, annotation {person.Id}: expected {wrong}.");
    }

    private static int? UnknownPlace(IReadOnlyList<double> keypoints)
    {
        for (var k = 0; k < keypoints.Count / 3; k++)
            if (keypoints[3 * k + 2] > 0 && !double.IsFinite(keypoints[3 * k] + keypoints[3 * k + 1]))
                return k;
        return null;
    }

    private static bool HasExtent(KeypointBox box) =>
        double.IsFinite(box.X) && double.IsFinite(box.Y) && double.IsFinite(box.Width) && double.IsFinite(box.Height)
        && box.Width >= 0 && box.Height >= 0 && box.Width + box.Height > 0;

    internal static string Described(IReadOnlyDictionary<PersonDefect, int>? leftOut) =>
        leftOut is { Count: > 0 } ? $" ({string.Join(", ", leftOut.Select(pair => $"{pair.Key}: {pair.Value}"))})" : "";
}
