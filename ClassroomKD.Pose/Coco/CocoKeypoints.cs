using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>A COCO keypoint annotation file: images and the persons on them.</summary>
public sealed class CocoKeypoints
{
    private CocoKeypoints(List<CocoImage> images, List<CocoAnnotation> annotations, string source)
    {
        CheckIds(images, annotations, source);
        (Images, Annotations) = (images, annotations);
    }

    /// <summary>The images in file order.</summary>
    public IReadOnlyList<CocoImage> Images { get; }

    /// <summary>The persons in file order, crowds and those without labeled joints included.</summary>
    public IReadOnlyList<CocoAnnotation> Annotations { get; }

    /// <summary>Makes a set of persons that was not read from a file.</summary>
    /// <param name="images">The images.</param>
    /// <param name="annotations">The persons on them.</param>
    /// <returns>The set.</returns>
    /// <exception cref="InvalidDataException">Two annotations have one id, or one names an unknown image.</exception>
    public static CocoKeypoints Of(IEnumerable<CocoImage> images, IEnumerable<CocoAnnotation> annotations)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(annotations);
        return new CocoKeypoints([.. images], [.. annotations], "annotations");
    }

    /// <summary>Reads an annotation file.</summary>
    /// <param name="path">For example <c>person_keypoints_val2017.json</c>.</param>
    /// <returns>Images and annotations.</returns>
    /// <exception cref="InvalidDataException">
    /// The file is not such JSON, or an annotation repeats an id or names an unknown image; the message names file, annotation and field.
    /// </exception>
    public static CocoKeypoints Load(string path) => Parse(InputFile.ReadAllBytes(path), path);

    /// <summary>Reads the same JSON from memory.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="source">The name of the text in error messages.</param>
    /// <returns>Images and annotations.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Load"/>.</exception>
    public static CocoKeypoints Parse(ReadOnlySpan<byte> json, string source = "annotations")
    {
        var reader = new CocoJsonReader(json, source);
        try
        {
            return Read(ref reader, source);
        }
        catch (JsonException e)
        {
            throw reader.Malformed(e);
        }
    }

    private static CocoKeypoints Read(ref CocoJsonReader reader, string source)
    {
        List<CocoImage>? images = null;
        List<CocoAnnotation>? annotations = null;
        reader.Read();
        reader.Expect(JsonTokenType.StartObject, "an object with 'images' and 'annotations'");
        while (reader.NextField() is { } field)
        {
            if (field is not ("images" or "annotations"))
            {
                reader.Skip();
                continue;
            }
            reader.Expect(JsonTokenType.StartArray, $"'{field}' to be a list");
            if (field == "images")
            {
                images = [];
                while (reader.NextElement())
                    images.Add(ReadImage(ref reader, images.Count));
            }
            else
            {
                annotations = [];
                while (reader.NextElement())
                    annotations.Add(ReadAnnotation(ref reader, annotations.Count));
            }
            reader.Item = "file";
        }
        reader.ExpectEnd();
        return new CocoKeypoints(images ?? throw reader.Missing("images"), annotations ?? throw reader.Missing("annotations"), source);
    }

    private static CocoImage ReadImage(ref CocoJsonReader reader, int index)
    {
        reader.Item = $"image {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        long? id = null;
        var (name, width, height) = ("", 0, 0);
        while (reader.NextField() is { } field)
        {
            switch (field)
            {
                case "id": id = reader.Integer(); break;
                case "file_name": name = reader.Text(); break;
                case "width": width = (int)Math.Clamp(reader.Integer(), 0, int.MaxValue); break;
                case "height": height = (int)Math.Clamp(reader.Integer(), 0, int.MaxValue); break;
                default: reader.Skip(); break;
            }
        }
        return new CocoImage(id ?? throw reader.Missing("id"), name, width, height);
    }

    private static CocoAnnotation ReadAnnotation(ref CocoJsonReader reader, int index)
    {
        reader.Item = $"annotation {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        long? id = null, image = null, category = null, labeled = null;
        double? area = null;
        var crowd = false;
        double[]? keypoints = null;
        KeypointBox? box = null;
        while (reader.NextField() is { } field)
        {
            switch (field)
            {
                case "id": id = reader.Integer(); reader.Item = $"annotation {index} (id {id})"; break;
                case "image_id": image = reader.Integer(); break;
                case "category_id": category = reader.Integer(); break;
                case "num_keypoints": labeled = reader.Integer(); break;
                case "area": area = reader.Number(); break;
                case "iscrowd": crowd = reader.Flag(); break;
                case "keypoints": keypoints = reader.Keypoints(); break;
                case "bbox": box = reader.Box(); break;
                default: reader.Skip(); break;
            }
        }
        return new CocoAnnotation
        {
            Id = id ?? throw reader.Missing("id"),
            ImageId = image ?? throw reader.Missing("image_id"),
            CategoryId = category ?? throw reader.Missing("category_id"),
            Box = box ?? throw reader.Missing("bbox"),
            Area = area ?? throw reader.Missing("area"),
            IsCrowd = crowd,
            LabeledJoints = (int)(labeled ?? throw reader.Missing("num_keypoints")),
            Keypoints = keypoints ?? throw reader.Missing("keypoints"),
        };
    }

    private static void CheckIds(List<CocoImage> images, List<CocoAnnotation> annotations, string source)
    {
        var known = images.Select(image => image.Id).ToHashSet();
        var seen = new HashSet<long>(annotations.Count);
        foreach (var annotation in annotations)
        {
            if (!seen.Add(annotation.Id))
                throw new InvalidDataException($"{source}: two annotations have the id {annotation.Id}.");
            if (!known.Contains(annotation.ImageId))
                throw new InvalidDataException(
                    $"{source}: annotation {annotation.Id} names image {annotation.ImageId}, which is not among the images.");
        }
    }
}
