namespace ClassroomKD.Pose;

/// <summary>A COCO keypoint annotation file: images and the persons, or other beings, on them.</summary>
public sealed class CocoKeypoints
{
    private const long CocoPerson = 1;

    private readonly string source;
    private readonly SortedDictionary<long, int> joints = [];
    private readonly SortedDictionary<long, int> counts = [];

    internal CocoKeypoints(
        List<CocoImage> images, List<CocoAnnotation> annotations, List<CocoCategory> categories, SortedDictionary<long, int> passedOver,
        string source)
    {
        (Images, Annotations, Categories, PassedOver, this.source) = (images, annotations, categories, passedOver, source);
        CheckImages();
        foreach (var annotation in annotations)
            CheckValues(annotation);
        foreach (var category in categories)
            CheckJoints(category);
    }

    /// <summary>The images in file order.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>
    /// The annotations of categories with keypoints, in file order, crowds and those without labeled joints included. One without
    /// keypoints, in a category where others have them, has no labeled joint.
    /// </summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>The categories that the file lists.</summary>
    public IReadOnlyList<CocoCategory> Categories { get; }

    /// <summary>How many annotations have been passed over, by category: those of categories in which nobody has keypoints.</summary>
    public IReadOnlyDictionary<long, int> PassedOver { get; }

    /// <summary>Makes a set of persons that was not read from a file.</summary>
    /// <param name="images">The images.</param>
    /// <param name="annotations">The persons on them.</param>
    /// <param name="categories">The categories with their joints. Default null: none is described.</param>
    /// <returns>The set.</returns>
    /// <exception cref="InvalidDataException">
    /// Two annotations have one id; one names an unknown image, has other joints than its category, a box or area that is not finite, or
    /// a labeled joint at NaN.
    /// </exception>
    public static CocoKeypoints Of(
        IEnumerable<CocoImage> images, IEnumerable<CocoAnnotation> annotations, IEnumerable<CocoCategory>? categories = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(annotations);
        return new CocoKeypoints([.. images], [.. annotations], [.. categories ?? []], [], "annotations");
    }

    /// <summary>Reads an annotation file.</summary>
    /// <param name="path">For example <c>person_keypoints_val2017.json</c>.</param>
    /// <param name="areaFromBox">
    /// Whether areas are taken from boxes, <see cref="KeypointBox.PersonArea"/>, for files without areas or with wrong ones; it is what
    /// CrowdPose and AI Challenger are evaluated with. Default false: as the file states them.
    /// </param>
    /// <returns>Images and annotations.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is not such JSON, or an annotation repeats an id, names an unknown image or has other joints than its category; the
    /// message names file, annotation and field.
    /// </exception>
    public static CocoKeypoints Load(string path, bool areaFromBox = false) => Parse(InputFile.ReadAllBytes(path), path, areaFromBox);

    /// <summary>Reads the same JSON from memory.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="source">The name of the text in error messages.</param>
    /// <param name="areaFromBox">See <see cref="Load"/>.</param>
    /// <returns>Images and annotations.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Load"/>.</exception>
    public static CocoKeypoints Parse(ReadOnlySpan<byte> json, string source = "annotations", bool areaFromBox = false) =>
        CocoKeypointsReader.Read(json, source, areaFromBox);

    /// <summary>The category that is learned and evaluated.</summary>
    /// <param name="id">
    /// Its number. Default null: the one called person; else the only one with keypoints; in a file that lists no categories, 1 if it is
    /// among them.
    /// </param>
    /// <returns>The category as the file describes it.</returns>
    /// <exception cref="InvalidDataException">Several have keypoints and none is called person; the message counts them.</exception>
    public CocoCategory Category(long? id = null)
    {
        if (id is { } number)
            return Described(number);
        var persons = Categories.Where(category => category.Name.Equals("person", StringComparison.OrdinalIgnoreCase)).ToList();
        if (persons.Count > 0)
            return persons.Find(person => counts.ContainsKey(person.Id)) ?? persons[0];
        if (counts.Count == 1)
            return Described(counts.First().Key);
        return counts.Count == 0 || (Categories.Count == 0 && counts.ContainsKey(CocoPerson))
            ? Described(CocoPerson)
            : throw new InvalidDataException($"{source}: expected a category called 'person', or to be told its number; found {Counted}.");
    }

    /// <summary>The joints of a category, with the names and the skeleton that the file gives them.</summary>
    /// <param name="category">Its number. Default null: see <see cref="Category"/>.</param>
    /// <returns>
    /// <see cref="JointLayout.Coco"/> for COCO's joints and 17 nameless ones; the COCO API's spreads for any 17 joints; for others
    /// <see cref="JointLayout.Named"/>, or as many nameless ones, which cannot be mirrored.
    /// </returns>
    /// <exception cref="InvalidDataException">See <see cref="Category"/>.</exception>
    public JointLayout JointsOf(long? category = null)
    {
        var described = Category(category);
        var named = described.Joints.Count > 0 ? described.Joints.Count : JointLayout.Coco.Count;
        return described.Layout(joints.GetValueOrDefault(described.Id, named));
    }

    /// <summary>What there is, for a message that nothing else was found.</summary>
    internal string Counted
    {
        get
        {
            var with = counts.Select(pair => $"{pair.Value} of {Described(pair.Key)}");
            var without = PassedOver.Select(pair => $"{pair.Value} without keypoints of {Described(pair.Key)}");
            var all = string.Join(", ", with.Concat(without));
            return all.Length == 0 ? "no annotation" : $"annotations: {all}";
        }
    }

    private CocoCategory Described(long id) =>
        Categories.FirstOrDefault(category => category.Id == id) ?? new CocoCategory(id, "", [], []);

    private void CheckImages()
    {
        var known = Images.Select(image => image.Id).ToHashSet();
        var seen = new HashSet<long>(Annotations.Count);
        foreach (var annotation in Annotations)
        {
            if (!seen.Add(annotation.Id))
                throw new InvalidDataException($"{source}: two annotations have the id {annotation.Id}.");
            if (!known.Contains(annotation.ImageId))
                throw new InvalidDataException(
                    $"{source}: annotation {annotation.Id} names image {annotation.ImageId}, which is not among the images.");
        }
    }

    private void CheckValues(CocoAnnotation annotation)
    {
        var (category, box, keypoints) = (annotation.CategoryId, annotation.Box, annotation.Keypoints);
        counts[category] = counts.GetValueOrDefault(category) + 1;
        if (!joints.TryAdd(category, keypoints.Count / 3) && keypoints.Count != 3 * joints[category])
            throw Bad($"expected {joints[category]} joints (x, y, v) as in {Described(category)}, found {keypoints.Count} numbers");
        if (keypoints.Count == 0 || keypoints.Count % 3 != 0)
            throw Bad($"expected x, y, v for each joint, found {keypoints.Count} numbers");
        if (!double.IsFinite(annotation.Area))
            throw Bad($"expected a finite area, found {annotation.Area}");
        if (!double.IsFinite(box.X + box.Y + box.Width + box.Height))
            throw Bad($"expected a finite box, found {box}");
        for (var k = 0; k < keypoints.Count; k += 3)
            if (double.IsNaN(keypoints[k + 2]) || (keypoints[k + 2] > 0 && !double.IsFinite(keypoints[k] + keypoints[k + 1])))
                throw Bad($"joint {k / 3} is labeled at ({keypoints[k]}, {keypoints[k + 1]}), v = {keypoints[k + 2]}");

        InvalidDataException Bad(string what) => new($"{source}: annotation {annotation.Id}: {what}.");
    }

    private void CheckJoints(CocoCategory category)
    {
        var count = joints.GetValueOrDefault(category.Id, category.Joints.Count);
        if (category.Joints.Count > 0 && category.Joints.Count != count)
            throw new InvalidDataException(
                $"{source}: {category} names {category.Joints.Count} joints, but its annotations have {count}.");
        foreach (var (from, to) in category.Skeleton)
            if (count > 0 && (from < 0 || to < 0 || from >= count || to >= count))
                throw new InvalidDataException(
                    $"{source}: the skeleton of {category} connects joints {from + 1} and {to + 1}, expected 1 to {count}.");
    }
}
