namespace ClassroomKD.Pose;

/// <summary>Averages a network's answers to an image and to its mirror image.</summary>
public static class FlipTest
{
    /// <summary>Mirrors heatmaps back and averages them with those of the image itself.</summary>
    /// <param name="heatmaps">The heatmaps of the image, <c>[B, K, H, W]</c>.</param>
    /// <param name="mirrored">The heatmaps of the image mirrored in x, same shape.</param>
    /// <param name="pairs">Joints that change places, such as those of <see cref="JointLayout.Coco"/>.</param>
    /// <param name="shift">
    /// Whether to move the mirrored maps right by a cell, which networks trained on MSRA or DARK heatmaps need (without it COCO AP drops
    /// by about .02) and those on UDP must not have. Default true.
    /// </param>
    /// <returns>The mean, same shape; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a pair does not fit.</exception>
    public static Tensor Average(Tensor heatmaps, Tensor mirrored, IReadOnlyList<(int Left, int Right)> pairs, bool shift = true)
    {
        Expect.Heatmaps(heatmaps, nameof(heatmaps));
        Expect.Same(heatmaps, mirrored, nameof(mirrored));
        using var scope = NewDisposeScope();
        var back = Swap(mirrored, pairs).flip(3);
        if (shift)
            back = cat([back.narrow(3, 0, 1), back.narrow(3, 0, back.size(3) - 1)], 3);
        return heatmaps.add(back, Scalars.One).mul(Scalars.Half).MoveToOuterDisposeScope();
    }

    /// <summary>The same for SimCC, without a shift.</summary>
    /// <param name="answer">The answer to the image.</param>
    /// <param name="mirrored">The answer to the image mirrored in x.</param>
    /// <param name="pairs">Joints that change places, such as those of <see cref="JointLayout.Coco"/>.</param>
    /// <returns>The mean; the caller's dispose scope owns it.</returns>
    /// <exception cref="ArgumentException">The shapes differ, or a pair does not fit.</exception>
    public static SimccAnswer Average(SimccAnswer answer, SimccAnswer mirrored, IReadOnlyList<(int Left, int Right)> pairs)
    {
        ArgumentNullException.ThrowIfNull(answer.X, nameof(answer));
        ArgumentNullException.ThrowIfNull(answer.Y, nameof(answer));
        Expect.Same(answer.X, mirrored.X, nameof(mirrored));
        Expect.Same(answer.Y, mirrored.Y, nameof(mirrored));
        using var scope = NewDisposeScope();
        var x = answer.X.add(Swap(mirrored.X, pairs).flip(2), Scalars.One).mul(Scalars.Half);
        var y = answer.Y.add(Swap(mirrored.Y, pairs), Scalars.One).mul(Scalars.Half);
        return new SimccAnswer(x.MoveToOuterDisposeScope(), y.MoveToOuterDisposeScope());
    }

    private static Tensor Swap(Tensor answer, IReadOnlyList<(int Left, int Right)> pairs)
    {
        var order = JointLayout.Mirrored(pairs, (int)answer.size(1));
        return stack(order.Select(joint => answer.select(1, joint)), 1);
    }
}
