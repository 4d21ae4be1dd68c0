using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>Reads COCO result files: predicted keypoints, and the boxes of a detector.</summary>
public static class CocoDetections
{
    /// <summary>Reads a JSON array of <c>image_id, category_id, keypoints, score</c> and optionally <c>bbox</c>.</summary>
    /// <param name="path">The result file.</param>
    /// <returns>The detections in file order, which decides between equal scores.</returns>
    /// <exception cref="InvalidDataException">The file is not such JSON; the message names file, detection and field.</exception>
    public static IReadOnlyList<CocoDetection> Load(string path) => Parse(InputFile.ReadAllBytes(path), path);

    /// <summary>Reads the same JSON from memory.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="source">The name of the text in error messages.</param>
    /// <returns>The detections in order.</returns>
    /// <exception cref="InvalidDataException">See <see cref="Load"/>.</exception>
    public static IReadOnlyList<CocoDetection> Parse(ReadOnlySpan<byte> json, string source = "detections") =>
        Parse(json, source, ReadDetection);

    /// <summary>
    /// Reads a JSON array of <c>image_id, category_id, bbox, score</c>, the form in which the boxes of a detector are published, such as
    /// <c>COCO_val2017_detections_AP_H_56_person.json</c>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <returns>The boxes in file order, of all categories.</returns>
    /// <exception cref="InvalidDataException">The file is not such JSON; the message names file, detection and field.</exception>
    public static IReadOnlyList<CocoPersonBox> LoadBoxes(string path) => ParseBoxes(InputFile.ReadAllBytes(path), path);

    /// <summary>Reads the same JSON from memory.</summary>
    /// <param name="json">UTF-8 text.</param>
    /// <param name="source">The name of the text in error messages.</param>
    /// <returns>The boxes in order.</returns>
    /// <exception cref="InvalidDataException">See <see cref="LoadBoxes"/>.</exception>
    public static IReadOnlyList<CocoPersonBox> ParseBoxes(ReadOnlySpan<byte> json, string source = "detections") =>
        Parse(json, source, ReadBox);

    private delegate T Reading<T>(ref AnnotationJsonReader reader, int index);

    private static List<T> Parse<T>(ReadOnlySpan<byte> json, string source, Reading<T> read)
    {
        var reader = new AnnotationJsonReader(json, source);
        try
        {
            var detections = new List<T>();
            reader.Read();
            reader.Expect(JsonTokenType.StartArray, "a list of detections");
            while (reader.NextElement())
                detections.Add(read(ref reader, detections.Count));
            reader.ExpectEnd();
            return detections;
        }
        catch (JsonException e)
        {
            throw reader.Malformed(e);
        }
    }

    private static CocoPersonBox ReadBox(ref AnnotationJsonReader reader, int index)
    {
        var (image, category, score, _, box) = ReadFields(ref reader, index, keypoints: false);
        return new CocoPersonBox(image, category, box ?? throw reader.Missing("bbox"), score);
    }

    private static CocoDetection ReadDetection(ref AnnotationJsonReader reader, int index)
    {
        var (image, category, score, keypoints, box) = ReadFields(ref reader, index, keypoints: true);
        return new CocoDetection
        {
            ImageId = image, CategoryId = category, Score = score, Keypoints = keypoints ?? throw reader.Missing("keypoints"), Box = box,
        };
    }

    private static (long Image, long Category, double Score, double[]? Keypoints, KeypointBox? Box) ReadFields(
        ref AnnotationJsonReader reader, int index, bool keypoints)
    {
        reader.Item = $"detection {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        long? image = null, category = null;
        double? score = null;
        double[]? positions = null;
        KeypointBox? box = null;
        while (reader.NextField() is { } field)
        {
            switch (field)
            {
                case "image_id": image = reader.Integer(); break;
                case "category_id": category = reader.Integer(); break;
                case "score": score = reader.Number(); break;
                case "keypoints" when keypoints: positions = reader.Keypoints(); break;
                case "bbox": box = reader.Box(); break;
                default: reader.Skip(); break;
            }
        }
        return (
            image ?? throw reader.Missing("image_id"), category ?? throw reader.Missing("category_id"),
            score ?? throw reader.Missing("score"), positions, box);
    }
}
