namespace ClassroomKD.Pose;

/// <summary>The annotated persons PCKh is computed on, from MPII's <c>gt_valid.mat</c> or from its annotations as JSON.</summary>
public sealed class MpiiTruth
{
    /// <summary>MPII's joints.</summary>
    public const int Joints = 16;

    private readonly IReadOnlyList<double> positions;
    private readonly IReadOnlyList<double> missing;
    private readonly double[] headSizes;

    private MpiiTruth(int persons, IReadOnlyList<double> positions, IReadOnlyList<double> missing, double[] headSizes) =>
        (Persons, this.positions, this.missing, this.headSizes) = (persons, positions, missing, headSizes);

    /// <summary>The number of persons N.</summary>
    public int Persons { get; }

    /// <summary>Whether a joint is labeled.</summary>
    /// <param name="person">0 to N - 1.</param>
    /// <param name="joint">0 to 15, in MPII's order.</param>
    /// <returns>False where the joint does not count.</returns>
    public bool IsLabeled(int person, int joint) => missing[person * Joints + joint] == 0;

    /// <summary>A joint's place in the image, counted from 1 as MPII does.</summary>
    /// <param name="person">0 to N - 1.</param>
    /// <param name="joint">0 to 15, in MPII's order.</param>
    /// <returns>x and y in pixels.</returns>
    public (double X, double Y) Position(int person, int joint) =>
        (positions[person * 2 * Joints + joint], positions[person * 2 * Joints + Joints + joint]);

    /// <summary>The length errors are measured in: .6 of the head box's diagonal.</summary>
    /// <param name="person">0 to N - 1.</param>
    /// <returns>Pixels; 0 or NaN for a person without a head, who does not count.</returns>
    public double HeadSize(int person) => headSizes[person];

    /// <summary>Reads <c>gt_valid.mat</c> or, without it, the annotations in HRNet's JSON form, such as <c>annot/valid.json</c>.</summary>
    /// <remarks>
    /// From the MATLAB file: <c>jnt_missing</c> (16 x N), <c>pos_gt_src</c> (16 x 2 x N) and <c>headboxes_src</c> (2 x 2 x N). The JSON
    /// has no head boxes, but MPII made head top and upper neck of them: .8 of the diagonal apart, symmetric about the middle. So the head
    /// size is .75 of their distance, equal to the MATLAB file's up to the rounding of positions to .0001 pixels; a person on whom one of
    /// both is not labeled has none.
    /// </remarks>
    /// <param name="path">The file, of either form.</param>
    /// <returns>The persons in file order.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or a variable or field is missing or has another shape.</exception>
    public static MpiiTruth Load(string path)
    {
        var content = InputFile.ReadAllBytes(path);
        return content.AsSpan().TrimStart(" \t\r\n\uFEFF"u8) is [(byte)'[' or (byte)'{', ..]
            ? FromJson(MpiiJsonPerson.ReadAll(content, path))
            : FromMatlab(MatFile.Parse(content, path), path);
    }

    private static MpiiTruth FromJson(IReadOnlyList<MpiiJsonPerson> persons)
    {
        const int Neck = 8, HeadTop = 9;
        var positions = persons.SelectMany(person => person.Joints.Select(at => at[0]).Concat(person.Joints.Select(at => at[1])));
        var missing = persons.SelectMany(person => person.Labeled.Select(labeled => labeled ? 0.0 : 1));
        var sizes = persons.Select(person => person.Labeled[Neck] && person.Labeled[HeadTop]
            ? .75 * Math.Sqrt(Squared(person, 0) + Squared(person, 1)) : 0);
        return new MpiiTruth(persons.Count, [.. positions], [.. missing], [.. sizes]);

        static double Squared(MpiiJsonPerson person, int axis) => Math.Pow(person.Joints[Neck][axis] - person.Joints[HeadTop][axis], 2);
    }

    private static MpiiTruth FromMatlab(IReadOnlyDictionary<string, MatArray> variables, string path)
    {
        var positions = Variable(variables, path, "pos_gt_src", 3);
        var persons = positions.Dimensions[2];
        RequireShape(path, positions, Joints, 2, persons);
        var missing = Variable(variables, path, "jnt_missing", 2);
        RequireShape(path, missing, Joints, persons);
        var boxes = Variable(variables, path, "headboxes_src", 3);
        RequireShape(path, boxes, 2, 2, persons);
        RequirePlaces(path, positions.Numbers, missing.Numbers);
        var sizes = new double[persons];
        for (var i = 0; i < persons; i++)
        {
            // Column by column: x of both corners, then y of both.
            var (width, height) = (boxes.Numbers[4 * i + 1] - boxes.Numbers[4 * i], boxes.Numbers[4 * i + 3] - boxes.Numbers[4 * i + 2]);
            sizes[i] = Math.Sqrt(width * width + height * height) * .6;
        }
        return new MpiiTruth(persons, positions.Numbers, missing.Numbers, sizes);
    }

    private static MatArray Variable(IReadOnlyDictionary<string, MatArray> variables, string path, string name, int rank)
    {
        if (!variables.TryGetValue(name, out var variable))
            throw new InvalidDataException($"{path}: expected a variable '{name}', found {string.Join(", ", variables.Keys)}.");
        // MATLAB drops a last dimension of 1.
        if (variable.Dimensions.Count == rank - 1)
            variable = new MatArray(name, [.. variable.Dimensions, 1], [.. variable.Numbers], null, null);
        return variable.Dimensions.Count == rank
            ? variable
            : throw new InvalidDataException(
                $"{path}: expected {rank} dimensions of '{name}', found {string.Join('x', variable.Dimensions)}.");
    }

    private static void RequirePlaces(string path, IReadOnlyList<double> positions, IReadOnlyList<double> missing)
    {
        for (var i = 0; i < missing.Count; i++)
        {
            var (person, joint) = (i / Joints, i % Joints);
            var x = 2 * Joints * person + joint;
            if (missing[i] == 0 && !double.IsFinite(positions[x] + positions[x + Joints]))
                throw new InvalidDataException(
                    $"{path}: joint {joint} of person {person} is labeled at ({positions[x]}, {positions[x + Joints]}).");
        }
    }

    private static void RequireShape(string path, MatArray variable, params int[] shape)
    {
        if (!variable.Dimensions.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{path}: expected '{variable.Name}' to be {string.Join('x', shape)}, found {string.Join('x', variable.Dimensions)}.");
    }
}
