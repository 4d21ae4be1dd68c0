using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Makes the joints of one dataset from those of another, for mentors that were trained on it.</summary>
public sealed class JointMap
{
    private readonly int[][] _sources;
    private readonly int _from;

    private JointMap(int from, int[][] sources) => (_from, _sources) = (from, sources);

    /// <summary>
    /// COCO's 17 joints to MPII's 16: limbs as they are, the pelvis between the hips, the thorax between the shoulders. Neck and head
    /// have no counterpart: position 0, weight 0.
    /// </summary>
    public static JointMap CocoToMpii { get; } = new(
        17, [[16], [14], [12], [11], [13], [15], [11, 12], [5, 6], [], [], [10], [8], [6], [5], [7], [9]]);

    /// <summary>Maps positions; a joint between others lies in their middle.</summary>
    /// <param name="positions"><c>[B, K, 2]</c></param>
    /// <returns><c>[B, K', 2]</c>; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Positions(Tensor positions)
    {
        Require(positions, 3, nameof(positions));
        using var scope = NewDisposeScope();
        var joints = _sources.Select(sources => sources switch
        {
            [] => zeros_like(positions.select(1, 0)),
            [var only] => positions.select(1, only),
            _ => stack(sources.Select(k => positions.select(1, k))).mean([0]),
        });
        return stack(joints, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Maps weights; a joint between others has the least of theirs, one without a counterpart 0.</summary>
    /// <param name="weights"><c>[B, K]</c></param>
    /// <returns><c>[B, K']</c>; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shape does not fit.</exception>
    public Tensor Weights(Tensor weights)
    {
        Require(weights, 2, nameof(weights));
        using var scope = NewDisposeScope();
        var joints = _sources.Select(sources => sources is []
            ? zeros_like(weights.select(1, 0))
            : stack(sources.Select(k => weights.select(1, k))).amin([0]));
        return stack(joints, 1).MoveToOuterDisposeScope();
    }

    private void Require(Tensor joints, int dimensions, string name)
    {
        ArgumentNullException.ThrowIfNull(joints, name);
        if (joints.dim() != dimensions || joints.size(1) != _from || !joints.is_floating_point())
            throw new ArgumentException($"Expected floating-point values for {_from} joints in {dimensions} dimensions, found {JointShapes.Describe(joints)}.", name);
    }
}
