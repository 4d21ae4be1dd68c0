using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Persons of MPII in HRNet's JSON form as samples.</summary>
/// <remarks>
/// A list of <c>image, center [2], scale, joints [16][2], joints_vis [16]</c>, counted from 1. A sample counts from 0; its box is the
/// square of 200 scale pixels whose center lies 15 scale lower than annotated, so that the crop of a square input is
/// <see cref="PersonCrop.FromMpii"/>. Its area is that box's <see cref="KeypointBox.PersonArea"/>. Persons without a labeled joint are left
/// out of training and counted.
/// </remarks>
public static class MpiiPersons
{
    /// <summary>Reads an annotation file. Images are looked for, not decoded.</summary>
    /// <param name="annotations">The JSON file, such as <c>annot/valid.json</c>.</param>
    /// <param name="images">The folder of the images.</param>
    /// <param name="broken">What to do about persons that the file is wrong about (no scale, no image). Default: throw.</param>
    /// <param name="keepUnlabeled">Whether to keep persons without a labeled joint, as <see cref="MpiiTruth"/> does. Default false.</param>
    /// <returns>The persons in file order; <see cref="PersonSample.Id"/> is their place in the file.</returns>
    /// <exception cref="InvalidDataException">
    /// The JSON is bad, no person is left, or a person is wrong and not to be skipped; the message names file, person and field.
    /// </exception>
    /// <exception cref="IOException">The file or the folder is missing.</exception>
    public static PersonDataset Load(
        string annotations, string images, BrokenSamples broken = BrokenSamples.Throw, bool keepUnlabeled = false)
    {
        ArgumentException.ThrowIfNullOrEmpty(annotations);
        ArgumentException.ThrowIfNullOrEmpty(images);
        var selection = new PersonSelection(annotations, images, broken);
        var persons = new List<PersonSample>();
        foreach (var person in MpiiJsonPerson.ReadAll(InputFile.ReadAllBytes(annotations), annotations))
            if (Sample(person, selection, keepUnlabeled) is { } sample)
                persons.Add(sample);
        return selection.Complete(persons, JointLayout.Mpii);
    }

    private static PersonSample? Sample(MpiiJsonPerson person, PersonSelection selection, bool keepUnlabeled)
    {
        var (center, scale, name) = (person.Center, person.Scale, person.Image);
        if (!keepUnlabeled && !person.Labeled.Contains(true))
        {
            selection.Leave(PersonDefect.NoJoint);
            return null;
        }
        if (scale <= 0)
        {
            selection.Refuse(PersonDefect.NoExtent, person.Index, FormattableString.Invariant($"its scale must be above 0, found {scale}"));
            return null;
        }
        if (selection.Find(name) is not { } path)
        {
            selection.Refuse(PersonDefect.NoImage, person.Index, $"its image '{name}' is not in the folder");
            return null;
        }
        var crop = PersonCrop.FromMpii(center[0], center[1], scale);
        var side = 200 * scale;
        var box = new KeypointBox(crop.CenterX - side / 2, crop.CenterY - side / 2, side, side);
        return new PersonSample
        {
            Id = person.Index, ImageId = person.Index, File = path, Box = box, Area = box.PersonArea, Keypoints = Keypoints(person),
        };
    }

    // Samples count from 0; a joint that is not labeled is nowhere.
    private static double[] Keypoints(MpiiJsonPerson person) =>
    [
        .. person.Joints.Zip(person.Labeled).SelectMany(joint =>
            joint.Second ? new[] { joint.First[0] - 1, joint.First[1] - 1, 1 } : new double[3]),
    ];
}
