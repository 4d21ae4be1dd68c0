using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Persons of COCO's keypoint files as samples.</summary>
/// <remarks>
/// Crowds, persons without area and persons without a labeled joint are left out and counted in <see cref="PersonDataset.LeftOut"/>, for
/// training and for evaluation on annotated boxes alike, as in HRNet and MMPose. Boxes are clipped to the image. What the file is wrong
/// about (a box outside the image or without extent, a missing image) is an exception or counted, as asked for.
/// </remarks>
public static class CocoPersons
{
    private const long Person = 1;

    /// <summary>Opens one part of a COCO folder: <c>annotations/person_keypoints_NAME.json</c> and the images in <c>NAME/</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="part">The part of it, such as <c>train2017</c> or <c>val2017</c>.</param>
    /// <param name="broken">What to do about persons that the file is wrong about. Default throw.</param>
    /// <returns>The persons.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Load"/>.</exception>
    /// <exception cref="IOException">A file or folder is missing.</exception>
    public static PersonDataset Open(string folder, string part, BrokenSamples broken = BrokenSamples.Throw)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(part);
        return Load(Path.Combine(folder, "annotations", $"person_keypoints_{part}.json"), Path.Combine(folder, part), broken);
    }

    /// <summary>Reads an annotation file. Images are looked for, not decoded.</summary>
    /// <param name="annotations">The JSON file.</param>
    /// <param name="images">The folder of the images.</param>
    /// <param name="broken">What to do about persons that the file is wrong about. Default throw.</param>
    /// <returns>The persons in file order.</returns>
    /// <exception cref="InvalidDataException">
    /// The JSON is bad, no person is left, or a person is wrong and not to be skipped; the message names file and annotation.
    /// </exception>
    /// <exception cref="IOException">The file or the folder is missing.</exception>
    public static PersonDataset Load(string annotations, string images, BrokenSamples broken = BrokenSamples.Throw)
    {
        ArgumentException.ThrowIfNullOrEmpty(annotations);
        ArgumentException.ThrowIfNullOrEmpty(images);
        var selection = new PersonSelection(annotations, images, broken);
        var file = CocoKeypoints.Load(annotations);
        var byId = file.Images.GroupBy(image => image.Id).ToDictionary(group => group.Key, group => group.First());
        var persons = new List<PersonSample>();
        foreach (var person in file.Annotations)
            if (person.CategoryId == Person && Sample(person, byId[person.ImageId], selection, annotations) is { } sample)
                persons.Add(sample);
        return selection.Complete(persons, JointLayout.Coco, file);
    }

    private static PersonSample? Sample(CocoAnnotation person, CocoImage image, PersonSelection selection, string source)
    {
        if (person.Keypoints.Count != 3 * JointLayout.Coco.Count)
            throw new InvalidDataException(
                $"{source}: annotation {person.Id}: expected {JointLayout.Coco.Count} joints (x, y, v), " +
                $"found {person.Keypoints.Count} numbers.");
        if (Unfit(person) is { } rule)
        {
            selection.Leave(rule);
            return null;
        }
        var box = person.Box;
        if (!(box.Width >= 0 && box.Height >= 0 && box.Width + box.Height > 0))
        {
            selection.Refuse(PersonDefect.NoExtent, person.Id, $"the box {Text(box)} has no extent");
            return null;
        }
        // Clipping alone would move a box that ends left of the image into it.
        var clipped = box.X + box.Width > 0 && box.Y + box.Height > 0 ? Clip(box, image) : null;
        if (clipped is not { } inside)
        {
            selection.Refuse(
                PersonDefect.OutsideImage, person.Id,
                $"the box {Text(box)} lies outside the {image.Width} x {image.Height} pixels of '{image.FileName}'");
            return null;
        }
        if (inside.Width + inside.Height <= 0)
        {
            selection.Refuse(PersonDefect.NoExtent, person.Id, $"the box {Text(box)} has no extent on '{image.FileName}'");
            return null;
        }
        if (selection.Find(image.FileName) is not { } path)
        {
            selection.Refuse(PersonDefect.NoImage, person.Id, $"its image {image.Id}, '{image.FileName}', is not in the folder");
            return null;
        }
        return new PersonSample
        {
            Id = person.Id, ImageId = person.ImageId, File = path, ImageWidth = image.Width, ImageHeight = image.Height,
            Box = inside, Area = person.Area, Keypoints = person.Keypoints,
        };
    }

    // COCO's rule, as in HRNet and MMPose; null if it does not leave the person out.
    private static PersonDefect? Unfit(CocoAnnotation person) =>
        person.IsCrowd ? PersonDefect.Crowd
        : person.Area <= 0 ? PersonDefect.NoArea
        : !person.Keypoints.Any(value => value > 0) ? PersonDefect.NoJoint
        : null;

    private static KeypointBox? Clip(KeypointBox box, CocoImage image)
    {
        if (image.Width == 0 || image.Height == 0)
            return box;
        var left = Math.Max(0, box.X);
        var top = Math.Max(0, box.Y);
        var right = Math.Min(image.Width - 1, left + Math.Max(0, box.Width - 1));
        var bottom = Math.Min(image.Height - 1, top + Math.Max(0, box.Height - 1));
        return right >= left && bottom >= top ? new KeypointBox(left, top, right - left, bottom - top) : null;
    }

    private static string Text(KeypointBox box) => FormattableString.Invariant($"({box.X}, {box.Y}, {box.Width}, {box.Height})");
}
