namespace ClassroomKD.Pose;

/// <summary>Makes the joints of one dataset from those of another, for mentors that were trained on it.</summary>
public sealed class JointMap
{
    private readonly int[][] sources;

    /// <summary>Creates a map.</summary>
    /// <param name="from">How many joints the mentor answers with.</param>
    /// <param name="sources">
    /// For each joint of the classroom those of the mentor that it is made from: one as it is, several for their middle, none for a joint
    /// without a counterpart.
    /// </param>
    /// <exception cref="ArgumentException">There is no joint, or a source is not among the mentor's joints.</exception>
    public JointMap(int from, IReadOnlyList<IReadOnlyList<int>> sources)
    {
        ArgumentNullException.ThrowIfNull(sources);
        if (from < 1 || sources.Count == 0)
            throw new ArgumentException($"Expected one joint at least on both sides, found {from} and {sources.Count}.");
        for (var k = 0; k < sources.Count; k++)
        {
            foreach (var source in sources[k])
            {
                if (source < 0 || source >= from)
                    throw new ArgumentException(
                        $"Expected joints from 0 to {from - 1} as sources of joint {k}, found {source}.", nameof(sources));
            }
        }
        From = from;
        this.sources = [.. sources.Select(joints => joints.ToArray())];
    }

    /// <summary>
    /// COCO's 17 joints to MPII's 16: limbs as they are, the pelvis between the hips, the thorax between the shoulders. Neck and head
    /// have no counterpart: position 0, weight 0.
    /// </summary>
    public static JointMap CocoToMpii { get; } = new(
        17, new int[][] { [16], [14], [12], [11], [13], [15], [11, 12], [5, 6], [], [], [10], [8], [6], [5], [7], [9] });

    /// <summary>MPII's 16 joints to COCO's 17: limbs as they are; nose, eyes and ears have no counterpart.</summary>
    public static JointMap MpiiToCoco { get; } = new(
        16, new int[][] { [], [], [], [], [], [13], [12], [14], [11], [15], [10], [3], [2], [4], [1], [5], [0] });

    /// <summary>The number of joints that it maps from.</summary>
    public int From { get; }

    /// <summary>The number of joints that it makes.</summary>
    public int Count => sources.Length;

    /// <summary>For each joint that it makes, those that it is made from.</summary>
    internal IReadOnlyList<IReadOnlyList<int>> Sources => sources;

    /// <summary>Maps positions; a joint between others lies in their middle.</summary>
    /// <param name="positions"><c>[B, K, 2]</c>.</param>
    /// <returns><c>[B, K', 2]</c>; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Positions(Tensor positions)
    {
        Require(positions, 3, nameof(positions));
        using var scope = NewDisposeScope();
        return Make(positions, sources => sources is [var only]
            ? positions.select(1, only)
            : stack(sources.Select(k => positions.select(1, k))).mean([0])).MoveToOuterDisposeScope();
    }

    /// <summary>Maps weights; a joint between others has the least of theirs, one without a counterpart 0.</summary>
    /// <param name="weights"><c>[B, K]</c>.</param>
    /// <returns><c>[B, K']</c>; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Weights(Tensor weights)
    {
        Require(weights, 2, nameof(weights));
        using var scope = NewDisposeScope();
        return Make(weights, sources => stack(sources.Select(k => weights.select(1, k))).amin([0])).MoveToOuterDisposeScope();
    }

    /// <summary>Maps heatmaps or bins <c>[B, K, ...]</c>; a joint that is not exactly one of the mentor's has zeros.</summary>
    internal Tensor Maps(Tensor maps)
    {
        using var scope = NewDisposeScope();
        return Make(maps, from => from is [var only] ? maps.select(1, only) : zeros_like(maps.select(1, 0))).MoveToOuterDisposeScope();
    }

    /// <summary>Whether each joint has a counterpart, Boolean <c>[K']</c>.</summary>
    /// <param name="device">The device of the result.</param>
    /// <param name="alone">Whether its counterpart must be one joint, so that there is a map of it.</param>
    internal Tensor Mapped(Device device, bool alone)
    {
        using var scope = NewDisposeScope();
        var no = zeros([], ScalarType.Bool, device);
        var yes = no.logical_not();
        return stack(sources.Select(from => from.Length == 1 || (from.Length > 1 && !alone) ? yes : no)).MoveToOuterDisposeScope();
    }

    private Tensor Make(Tensor joints, Func<int[], Tensor> make) =>
        stack(sources.Select(from => from is [] ? zeros_like(joints.select(1, 0)) : make(from)), 1);

    private void Require(Tensor joints, int dimensions, string name)
    {
        ArgumentNullException.ThrowIfNull(joints, name);
        if (joints.dim() != dimensions || joints.size(1) != From || !joints.is_floating_point())
            throw new ArgumentException(
                $"Expected floating-point values for {From} joints in {dimensions} dimensions, found {joints.Describe()}.", name);
    }
}
