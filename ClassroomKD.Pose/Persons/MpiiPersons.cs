using System.Text.Json;
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
        using var document = Parse(annotations);
        if (document.RootElement.ValueKind != JsonValueKind.Array)
            throw new InvalidDataException($"{annotations}: expected a list of persons, found {document.RootElement.ValueKind}.");
        var index = 0;
        foreach (var element in document.RootElement.EnumerateArray())
        {
            if (Sample(new MpiiJsonPerson(element, annotations, index), selection, keepUnlabeled) is { } sample)
                persons.Add(sample);
            index++;
        }
        return selection.Complete(persons, JointLayout.Mpii);
    }

    private static PersonSample? Sample(MpiiJsonPerson person, PersonSelection selection, bool keepUnlabeled)
    {
        var (center, scale, name) = (person.Numbers("center", 2), person.Number("scale"), person.Text("image"));
        var keypoints = person.Keypoints();
        if (!keepUnlabeled && !keypoints.Where((_, i) => i % 3 == 2).Any(v => v > 0))
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
            Id = person.Index, ImageId = person.Index, File = path, Box = box, Area = box.PersonArea, Keypoints = keypoints,
        };
    }

    private static JsonDocument Parse(string path)
    {
        try
        {
            return JsonDocument.Parse(InputFile.ReadAllBytes(path));
        }
        catch (JsonException e)
        {
            throw new InvalidDataException($"{path}: not valid JSON: {e.Message}", e);
        }
    }
}
