namespace ClassroomKD.Pose;

/// <summary>The annotated persons PCKh is computed on, as MPII's <c>gt_valid.mat</c> holds them.</summary>
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
    /// <returns>pixels</returns>
    public double HeadSize(int person) => headSizes[person];

    /// <summary>Reads <c>jnt_missing</c> (16 x N), <c>pos_gt_src</c> (16 x 2 x N) and <c>headboxes_src</c> (2 x 2 x N).</summary>
    /// <param name="path">MPII's <c>gt_valid.mat</c>.</param>
    /// <returns>The persons.</returns>
    /// <exception cref="InvalidDataException">The file is damaged, or a variable is missing or has another shape.</exception>
    public static MpiiTruth Load(string path)
    {
        var variables = MatFile.Read(path);
        var positions = Variable(variables, path, "pos_gt_src", 3);
        var persons = positions.Dimensions[2];
        RequireShape(path, positions, Joints, 2, persons);
        var missing = Variable(variables, path, "jnt_missing", 2);
        RequireShape(path, missing, Joints, persons);
        var boxes = Variable(variables, path, "headboxes_src", 3);
        RequireShape(path, boxes, 2, 2, persons);
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

    private static void RequireShape(string path, MatArray variable, params int[] shape)
    {
        if (!variable.Dimensions.SequenceEqual(shape))
            throw new InvalidDataException(
                $"{path}: expected '{variable.Name}' to be {string.Join('x', shape)}, found {string.Join('x', variable.Dimensions)}.");
    }
}
