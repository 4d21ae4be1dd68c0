namespace ClassroomKD.Pose;

/// <summary>Which joints change places when an image is mirrored.</summary>
public static class JointPairs
{
    /// <summary>COCO: 17 joints, the nose stays.</summary>
    public static IReadOnlyList<(int Left, int Right)> Coco { get; } =
        [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)];

    /// <summary>MPII: 16 joints; pelvis, thorax, neck and head stay.</summary>
    public static IReadOnlyList<(int Left, int Right)> Mpii { get; } = [(0, 5), (1, 4), (2, 3), (10, 15), (11, 14), (12, 13)];

    /// <summary>The order of joints after mirroring: <c>order[k]</c> is the joint that takes the place k.</summary>
    /// <param name="pairs">Pairs that change places.</param>
    /// <param name="joints">The number of joints K.</param>
    /// <returns>K joints.</returns>
    /// <exception cref="ArgumentException">A pair names a joint outside 0 to K - 1, or one twice.</exception>
    public static int[] Order(IReadOnlyList<(int Left, int Right)> pairs, int joints)
    {
        ArgumentNullException.ThrowIfNull(pairs);
        var order = Enumerable.Range(0, joints).ToArray();
        foreach (var (left, right) in pairs)
        {
            if (left < 0 || right < 0 || left >= joints || right >= joints || left == right || order[left] != left || order[right] != right)
                throw new ArgumentException(
                    $"Expected each of {joints} joints in one pair at most, found ({left}, {right}).", nameof(pairs));
            (order[left], order[right]) = (right, left);
        }
        return order;
    }
}
