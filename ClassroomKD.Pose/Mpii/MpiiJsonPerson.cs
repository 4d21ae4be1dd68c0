using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>One person of MPII's annotations in HRNet's JSON form.</summary>
/// <param name="Index">The place in the file, from 0.</param>
/// <param name="Image">The image's name.</param>
/// <param name="Center">x and y, counted from 1.</param>
/// <param name="Scale">The person's height / 200 px.</param>
/// <param name="Joints">Per joint x and y, counted from 1, whether labeled or not.</param>
/// <param name="Labeled">Whether each joint is labeled.</param>
internal sealed record MpiiJsonPerson(int Index, string Image, double[] Center, double Scale, double[][] Joints, bool[] Labeled)
{
    /// <summary>Reads a list of persons.</summary>
    /// <exception cref="InvalidDataException">The JSON is none of that form; the message names file, person and field.</exception>
    public static IReadOnlyList<MpiiJsonPerson> ReadAll(ReadOnlySpan<byte> json, string source)
    {
        var reader = new AnnotationJsonReader(json, source);
        try
        {
            var persons = new List<MpiiJsonPerson>();
            reader.Read();
            reader.Expect(JsonTokenType.StartArray, "a list of persons");
            while (reader.NextElement())
                persons.Add(Read(ref reader, persons.Count));
            reader.ExpectEnd();
            return persons;
        }
        catch (JsonException e)
        {
            throw reader.Malformed(e);
        }
    }

    private static MpiiJsonPerson Read(ref AnnotationJsonReader reader, int index)
    {
        reader.Item = $"person {index}";
        reader.Expect(JsonTokenType.StartObject, "an object");
        string? image = null;
        double? scale = null;
        double[]? center = null, labeled = null;
        List<double[]>? joints = null;
        while (reader.NextField() is { } field)
        {
            switch (field)
            {
                case "image": image = reader.Text(); break;
                case "scale": scale = reader.Number(); break;
                case "center": center = reader.Numbers(2, exactly: true); break;
                case "joints_vis": labeled = reader.Numbers(MpiiTruth.Joints, exactly: true); break;
                case "joints" when reader.StartsList():
                    joints = [];
                    while (reader.NextElement())
                        joints.Add(reader.Numbers(2, exactly: true));
                    if (joints.Count != MpiiTruth.Joints)
                        throw reader.Bad($"'joints' must hold {MpiiTruth.Joints} positions, found {joints.Count}");
                    break;
                default: reader.Skip(); break;
            }
        }
        return new MpiiJsonPerson(
            index, image ?? throw reader.Missing("image"), center ?? throw reader.Missing("center"),
            scale ?? throw reader.Missing("scale"), [.. joints ?? throw reader.Missing("joints")],
            [.. (labeled ?? throw reader.Missing("joints_vis")).Select(v => v > 0)]);
    }
}
