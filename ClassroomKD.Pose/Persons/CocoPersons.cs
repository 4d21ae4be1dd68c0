using ClassroomKD.Imaging;

namespace ClassroomKD.Pose;

/// <summary>Persons of COCO's keypoint files as samples, or any other beings with joints.</summary>
/// <remarks>
/// Crowds, persons without area and persons without a labeled joint are left out and counted in <see cref="PersonDataset.LeftOut"/>, for
/// training and for evaluation on annotated boxes alike, as in HRNet and MMPose. Annotated boxes are clipped to the image. What the file is
/// wrong about (a box outside the image or without extent, a missing image) is an exception or counted, as asked for. Annotations of other
/// categories are passed over.
/// </remarks>
public static class CocoPersons
{
    /// <summary>Opens one part of a COCO folder: <c>annotations/person_keypoints_NAME.json</c> and the images in <c>NAME/</c>.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="part">The part of it, such as <c>train2017</c> or <c>val2017</c>.</param>
    /// <param name="broken">What to do about persons that the file is wrong about. Default throw.</param>
    /// <param name="options">Category, joints, areas, boxes. Default: persons in their annotated boxes.</param>
    /// <returns>The persons.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Load"/>.</exception>
    /// <exception cref="IOException">A file or folder is missing.</exception>
    public static PersonDataset Open(
        string folder, string part, BrokenSamples broken = BrokenSamples.Throw, CocoPersonsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        ArgumentException.ThrowIfNullOrEmpty(part);
        return Load(
            Path.Combine(folder, "annotations", $"person_keypoints_{part}.json"), Path.Combine(folder, part), broken, options);
    }

    /// <summary>Reads an annotation file. Images are looked for, not decoded.</summary>
    /// <param name="annotations">The JSON file.</param>
    /// <param name="images">The folder of the images; names with the separators of Windows are found too.</param>
    /// <param name="broken">What to do about persons that the file is wrong about. Default throw.</param>
    /// <param name="options">Category, joints, areas, boxes. Default: persons in their annotated boxes.</param>
    /// <returns>The persons in file order, or the detections in their order.</returns>
    /// <exception cref="InvalidDataException">
    /// The JSON is bad, no person is left, or a person is wrong and not to be skipped; the message names file and annotation.
    /// </exception>
    /// <exception cref="ArgumentException">The options state joints of another number than the file's.</exception>
    /// <exception cref="IOException">The file or the folder is missing.</exception>
    public static PersonDataset Load(
        string annotations, string images, BrokenSamples broken = BrokenSamples.Throw, CocoPersonsOptions? options = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(annotations);
        ArgumentException.ThrowIfNullOrEmpty(images);
        options = (options ?? new()).Checked();
        var selection = new PersonSelection(annotations, images, broken);
        var file = CocoKeypoints.Load(annotations, options.AreaFromBox);
        var category = file.Category(options.Category);
        var joints = Joints(file, category, options.Joints);
        var byId = file.Images.GroupBy(image => image.Id).ToDictionary(group => group.Key, group => group.First());
        var persons = options.Detections is { } detections
            ? detections.Select((box, index) => Detected(box, index, category.Id, joints.Count, byId, options.LeastScore, selection))
            : file.Annotations.Where(person => person.CategoryId == category.Id)
                .Select(person => Annotated(person, byId[person.ImageId], selection));
        return selection.Complete(
            [.. persons.OfType<PersonSample>()], joints, file, options.ApplyOrientation ? ReadUpright : null,
            file.Annotations.Any(person => person.CategoryId == category.Id) ? "none" : $"none of {category} but {file.Counted}");
    }

    private static JointLayout Joints(CocoKeypoints file, CocoCategory category, JointLayout? stated)
    {
        var found = file.JointsOf(category.Id);
        return stated is null || stated.Count == found.Count || file.Annotations.All(person => person.CategoryId != category.Id)
            ? stated ?? found
            : throw new ArgumentException(
                $"Expected a layout of {found.Count} joints for {category}, found {stated.Count}.", nameof(stated));
    }

    private static RgbImage ReadUpright(PersonSample person) =>
        new ImageDecoder(new ImageDecoderOptions { ApplyOrientation = true }).Decode(person.File);

    private static PersonSample? Annotated(CocoAnnotation person, CocoImage image, PersonSelection selection)
    {
        if (Unfit(person) is { } rule)
        {
            selection.Leave(rule);
            return null;
        }
        if (person.Area > CocoAnnotation.LargestArea)
        {
            selection.Refuse(
                PersonDefect.AreaTooLarge, person.Id,
                FormattableString.Invariant($"expected an area up to {CocoAnnotation.LargestArea:e0}, found {person.Area}"));
            return null;
        }
        var box = person.Box;
        if (!HasExtent(box))
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
            Id = person.Id, ImageId = person.ImageId, CategoryId = person.CategoryId, File = path, ImageWidth = image.Width,
            ImageHeight = image.Height, Box = inside, Area = person.Area, Keypoints = person.Keypoints,
        };
    }

    // HRNet takes a detector's boxes as they are.
    private static PersonSample? Detected(
        CocoPersonBox box, int index, long category, int joints, Dictionary<long, CocoImage> images, double leastScore,
        PersonSelection selection)
    {
        if (box.CategoryId != category)
            return null;
        if (!(box.Score >= leastScore))
        {
            selection.Leave(PersonDefect.LowScore);
            return null;
        }
        if (!HasExtent(box.Box))
        {
            selection.Refuse(PersonDefect.NoExtent, index, $"the box {Text(box.Box)} has no extent", "detection");
            return null;
        }
        if (!images.TryGetValue(box.ImageId, out var image) || selection.Find(image.FileName) is not { } path)
        {
            var what = image is null ? "not among the images of the annotations" : $"'{image.FileName}', which is not in the folder";
            selection.Refuse(PersonDefect.NoImage, index, $"its image {box.ImageId} is {what}", "detection");
            return null;
        }
        return new PersonSample
        {
            Id = index, ImageId = box.ImageId, CategoryId = category, File = path, ImageWidth = image.Width, ImageHeight = image.Height,
            Box = box.Box, Area = Math.Clamp(box.Box.PersonArea, 1, CocoAnnotation.LargestArea),
            Keypoints = new double[3 * joints], BoxScore = box.Score,
        };
    }

    // COCO's rule, as in HRNet and MMPose; null if it does not leave the person out.
    private static PersonDefect? Unfit(CocoAnnotation person) =>
        person.IsCrowd ? PersonDefect.Crowd
        : person.Area <= 0 ? PersonDefect.NoArea
        : !person.Keypoints.Any(value => value > 0) ? PersonDefect.NoJoint
        : null;

    private static bool HasExtent(KeypointBox box) => box.Width >= 0 && box.Height >= 0 && box.Width + box.Height > 0;

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
