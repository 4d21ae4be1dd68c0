namespace ClassroomKD.Pose;

/// <summary>Refuses arguments that do not fit before libtorch does so without naming them.</summary>
internal static class Expect
{
    public static void Joints(Tensor joints, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(joints);
        ArgumentNullException.ThrowIfNull(weights);
        if (joints.dim() != 3 || joints.size(2) != 2 || !joints.is_floating_point())
            throw new ArgumentException($"Expected floating-point joints [B, K, 2], found {joints.Describe()}.", nameof(joints));
        Weights(weights, joints.size(0), joints.size(1), nameof(weights));
    }

    public static void Heatmaps(Tensor heatmaps, string name)
    {
        ArgumentNullException.ThrowIfNull(heatmaps, name);
        if (heatmaps.dim() != 4 || !heatmaps.is_floating_point() || heatmaps.size(2) < 2 || heatmaps.size(3) < 2)
            throw new ArgumentException(
                $"Expected floating-point heatmaps [B, K, H, W] of at least 2x2 cells, found {heatmaps.Describe()}.", name);
    }

    public static void Same(Tensor expected, Tensor found, string name)
    {
        ArgumentNullException.ThrowIfNull(found, name);
        if (!expected.shape.AsSpan().SequenceEqual(found.shape))
            throw new ArgumentException($"Expected the shape [{string.Join(", ", expected.shape)}], found {found.Describe()}.", name);
    }

    public static void Weights(Tensor weights, long batch, long joints, string name)
    {
        ArgumentNullException.ThrowIfNull(weights, name);
        if (weights.dim() != 2 || weights.size(0) != batch || weights.size(1) != joints)
            throw new ArgumentException($"Expected one weight for each joint [{batch}, {joints}], found {weights.Describe()}.", name);
    }

    public static void Bins(Tensor answer, Tensor other, Tensor weights)
    {
        ArgumentNullException.ThrowIfNull(answer);
        if (answer.dim() != 3 || !answer.is_floating_point())
            throw new ArgumentException($"Expected floating-point bins [B, K, N], found {answer.Describe()}.", nameof(answer));
        Same(answer, other, nameof(other));
        if (!other.is_floating_point())
            throw new ArgumentException($"Expected floating-point bins [B, K, N], found {other.Describe()}.", nameof(other));
        Weights(weights, answer.size(0), answer.size(1), nameof(weights));
    }

    public static void OnePerSample(Tensor values, long batch, string what, string name)
    {
        ArgumentNullException.ThrowIfNull(values, name);
        if (values.dim() != 1 || values.size(0) != batch)
            throw new ArgumentException($"Expected {what} for each sample [{batch}], found {values.Describe()}.", name);
    }

    public static void AboveZero(double value, string what, string name)
    {
        if (!(value > 0 && double.IsFinite(value)))
            throw new ArgumentException($"Expected {what} above 0, found {value}.", name);
    }

    public static void Sigmas(IReadOnlyList<double> sigmas)
    {
        ArgumentNullException.ThrowIfNull(sigmas);
        if (sigmas.Count == 0 || !sigmas.All(sigma => sigma > 0 && double.IsFinite(sigma)))
            throw new ArgumentException(
                $"Expected one finite spread above 0 for each joint, found [{string.Join(", ", sigmas)}].", nameof(sigmas));
    }

    public static string Describe(this Tensor found) => $"{found.dtype} [{string.Join(", ", found.shape)}]";
}
