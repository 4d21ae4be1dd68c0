using static TorchSharp.torch;

namespace ClassroomKD.Pose;

/// <summary>Refuses tensors of the wrong shape before libtorch does so without naming them.</summary>
internal static class JointShapes
{
    public static void RequireJoints(Tensor joints, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(joints);
        ArgumentNullException.ThrowIfNull(weights);
        if (joints.dim() != 3 || joints.size(2) != 2 || !joints.is_floating_point())
            throw new ArgumentException($"Expected floating-point joints [B, K, 2], found {Describe(joints)}.", nameof(joints));
        RequireWeights(weights, joints.size(0), joints.size(1), nameof(weights));
    }

    public static void RequireHeatmaps(Tensor heatmaps, string name)
    {
        ArgumentNullException.ThrowIfNull(heatmaps, name);
        if (heatmaps.dim() != 4 || !heatmaps.is_floating_point() || heatmaps.size(2) < 2 || heatmaps.size(3) < 2)
            throw new ArgumentException($"Expected floating-point heatmaps [B, K, H, W] of at least 2x2 cells, found {Describe(heatmaps)}.", name);
    }

    public static void RequireSame(Tensor expected, Tensor found, string name)
    {
        ArgumentNullException.ThrowIfNull(found, name);
        if (!expected.shape.AsSpan().SequenceEqual(found.shape))
            throw new ArgumentException($"Expected the shape [{string.Join(", ", expected.shape)}], found {Describe(found)}.", name);
    }

    public static void RequireWeights(Tensor weights, long batch, long joints, string name)
    {
        ArgumentNullException.ThrowIfNull(weights, name);
        if (weights.dim() != 2 || weights.size(0) != batch || weights.size(1) != joints)
            throw new ArgumentException($"Expected one weight for each joint [{batch}, {joints}], found {Describe(weights)}.", name);
    }

    public static string Describe(Tensor found) => $"{found.dtype} [{string.Join(", ", found.shape)}]";
}
