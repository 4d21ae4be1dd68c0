using System.Text.Json;

namespace ClassroomKD.Pose;

/// <summary>One person of MPII's JSON; whatever is wrong with it is said with file, person and field.</summary>
internal readonly struct MpiiJsonPerson(JsonElement element, string source, int index)
{
    public int Index => index;

    public double Number(string field) => Number(Field(field), field);

    public string Text(string field) =>
        Field(field) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : throw Bad($"'{field}' must be text");

    public double[] Numbers(string field, int count) => Numbers(Field(field), field, count);

    /// <summary>Per joint x and y, counted from 0, and v.</summary>
    public double[] Keypoints()
    {
        const int Joints = MpiiTruth.Joints;
        var (joints, visible) = (Field("joints"), Numbers("joints_vis", Joints));
        if (joints.ValueKind != JsonValueKind.Array || joints.GetArrayLength() != Joints)
            throw Bad($"'joints' must be a list of {Joints} positions");
        var keypoints = new double[3 * Joints];
        for (var k = 0; k < Joints; k++)
        {
            var place = Numbers(joints[k], "joints", 2);
            if (visible[k] > 0)
                (keypoints[3 * k], keypoints[3 * k + 1], keypoints[3 * k + 2]) = (place[0] - 1, place[1] - 1, 1);
        }
        return keypoints;
    }

    private JsonElement Field(string name) =>
        element.ValueKind != JsonValueKind.Object ? throw Bad($"expected an object, found {element.ValueKind}")
        : element.TryGetProperty(name, out var value) ? value : throw Bad($"'{name}' is missing");

    private double[] Numbers(JsonElement list, string field, int count)
    {
        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() != count)
            throw Bad($"'{field}' must hold {count} numbers");
        var numbers = new double[count];
        for (var i = 0; i < count; i++)
            numbers[i] = Number(list[i], field);
        return numbers;
    }

    private double Number(JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetDouble(out var number) && double.IsFinite(number)
            ? number
            : throw Bad($"'{field}' must hold finite numbers");

    private InvalidDataException Bad(string what) => new($"{source}: person {index}: {what}.");
}
