using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>Reads COCO annotation files.</summary>
internal static class CocoKeypointsReader
{
    public static CocoKeypoints Read(ReadOnlySpan<byte> json, string source, bool areaFromBox)
    {
        var reader = new AnnotationJsonReader(json, source);
        try
        {
            return Read(ref reader, source, areaFromBox);
        }
        catch (JsonException e)
        {
            throw reader.Malformed(e);
        }
    }

    private static CocoKeypoints Read(ref AnnotationJsonReader reader, string source, bool areaFromBox)
    {
        List<CocoImage>? images = null;
        List<Entry>? entries = null;
        List<CocoCategory> categories = [];
        reader.Read();
        reader.Expect(JsonTokenType.StartObject, "an object with 'images' and 'annotations'");
        while (reader.NextField() is { } field)
        {
            if (field is not ("images" or "annotations" or "categories"))
            {
                reader.Skip();
                continue;
            }
            reader.Expect(JsonTokenType.StartArray, $"'{field}' to be a list");
            switch (field)
            {
                case "images":
                    images = [];
                    while (reader.NextElement())
                        images.Add(ReadImage(ref reader, images.Count));
                    break;
                case "annotations":
                    entries = [];
                    while (reader.NextElement())
                        entries.Add(ReadAnnotation(ref reader, entries.Count, areaFromBox));
                    break;
                default:
                    categories = [];
                    while (reader.NextElement())
                        categories.Add(ReadCategory(ref reader, categories.Count));
                    break;
            }
            reader.Item = "file";
        }
        reader.ExpectEnd();
        return Assemble(
            images ?? throw reader.Missing("images"), entries ?? throw reader.Missing("annotations"), categories, source);
    }

    private static CocoImage ReadImage(ref AnnotationJsonReader reader, int index)
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
                case "width": width = reader.Count(); break;
                case "height": height = reader.Count(); break;
                default: reader.Skip(); break;
            }
        }
        return new CocoImage(id ?? throw reader.Missing("id"), name, width, height);
    }

    private static CocoCategory ReadCategory(ref AnnotationJsonReader reader, int index)
    {
        reader.Item = $"category {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        long? id = null;
        var name = "";
        List<string> joints = [];
        List<(int, int)> skeleton = [];
        while (reader.NextField() is { } field)
        {
            switch (field)
            {
                case "id": id = reader.Integer(); break;
                case "name": name = reader.Text(); break;
                case "keypoints" when reader.StartsList():
                    while (reader.NextElement())
                        joints.Add(reader.Text());
                    break;
                case "skeleton" when reader.StartsList():
                    while (reader.NextElement())
                        skeleton.Add(reader.Pair());
                    break;
                default: reader.Skip(); break;
            }
        }
        return new CocoCategory(id ?? throw reader.Missing("id"), name, joints, skeleton);
    }

    private static Entry ReadAnnotation(ref AnnotationJsonReader reader, int index, bool areaFromBox)
    {
        reader.Item = $"annotation {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        long? id = null, image = null, category = null;
        int? labeled = null;
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
                case "num_keypoints": labeled = reader.Count(); break;
                case "area" when !areaFromBox: area = reader.Number(); break;
                case "iscrowd": crowd = reader.Flag(); break;
                case "keypoints" when reader.StartsList(): keypoints = reader.Keypoints(); break;
                case "bbox": box = reader.Box(); break;
                default: reader.Skip(); break;
            }
        }
        var entry = new Entry(
            id ?? throw reader.Missing("id"), image ?? throw reader.Missing("image_id"), category ?? throw reader.Missing("category_id"),
            box, areaFromBox ? box?.PersonArea : area, crowd, labeled, keypoints is [] ? null : keypoints);
        return entry.Keypoints is null || entry.Lacks is not { } lack ? entry : throw reader.Bad(lack);
    }

    // Whether a category has keypoints is known at the end: objects of others are passed over, whatever they lack.
    private static CocoKeypoints Assemble(
        List<CocoImage> images, List<Entry> entries, List<CocoCategory> categories, string source)
    {
        var joints = new Dictionary<long, int>();
        foreach (var entry in entries)
            if (entry.Keypoints is { } keypoints)
                joints.TryAdd(entry.Category, keypoints.Length);
        var annotations = new List<CocoAnnotation>(entries.Count);
        var passedOver = new SortedDictionary<long, int>();
        foreach (var entry in entries)
        {
            if (!joints.TryGetValue(entry.Category, out var numbers))
                passedOver[entry.Category] = passedOver.GetValueOrDefault(entry.Category) + 1;
            else if (entry.Lacks is { } lack)
                throw new InvalidDataException($"{source}: annotation {entry.Id}: {lack}.");
            else
                annotations.Add(entry.Annotation(numbers));
        }
        return new CocoKeypoints(images, annotations, categories, passedOver, source);
    }

    /// <summary>An annotation as it stands in the file.</summary>
    private sealed record Entry(
        long Id, long Image, long Category, KeypointBox? Box, double? Area, bool Crowd, int? Labeled, double[]? Keypoints)
    {
        public string? Lacks =>
            Box is null ? "'bbox' is missing"
            : Area is null ? "'area' is missing; on request it is taken from the box (areaFromBox, CocoPersonsOptions.AreaFromBox)"
            : null;

        public CocoAnnotation Annotation(int numbers)
        {
            var keypoints = Keypoints ?? new double[numbers];
            return new()
            {
                Id = Id, ImageId = Image, CategoryId = Category, Box = Box!.Value, Area = Area!.Value, IsCrowd = Crowd,
                LabeledJoints = Keypoints is null ? 0 : Labeled ?? keypoints.Where((_, i) => i % 3 == 2).Count(v => v > 0),
                Keypoints = keypoints,
            };
        }
    }
}
