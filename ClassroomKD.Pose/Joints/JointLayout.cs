namespace ClassroomKD.Pose;

/// <summary>The joints of a data set: names, spreads, which change places in a mirror, and which are the upper body.</summary>
public sealed class JointLayout
{
    /// <summary>Creates a layout.</summary>
    /// <param name="names">One name per joint.</param>
    /// <param name="sigmas">One spread per joint, for OKS.</param>
    /// <param name="pairs">Joints that change places when an image is mirrored.</param>
    /// <param name="upperBody">Joints of the upper body, for half-body augmentation.</param>
    /// <param name="limbs">Pairs of joints that a drawing connects.</param>
    /// <exception cref="ArgumentException">The lists do not fit each other.</exception>
    public JointLayout(
        IReadOnlyList<string> names, IReadOnlyList<double> sigmas, IReadOnlyList<(int Left, int Right)> pairs, IReadOnlyList<int> upperBody,
        IReadOnlyList<(int From, int To)> limbs)
    {
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(sigmas);
        ArgumentNullException.ThrowIfNull(upperBody);
        ArgumentNullException.ThrowIfNull(limbs);
        if (names.Count == 0 || sigmas.Count != names.Count)
            throw new ArgumentException($"Expected a spread for each of {names.Count} joints, found {sigmas.Count}.", nameof(sigmas));
        foreach (var joint in upperBody.Concat(limbs.SelectMany(limb => new[] { limb.From, limb.To })))
            if (joint < 0 || joint >= names.Count)
                throw new ArgumentException($"Expected joints from 0 to {names.Count - 1}, found {joint}.", nameof(upperBody));
        (Names, Sigmas, Pairs, UpperBody, Limbs) = (names, sigmas, pairs, upperBody, limbs);
        MirrorOrder = Mirrored(pairs, names.Count);
    }

    /// <summary>COCO's 17 joints, left before right.</summary>
    public static JointLayout Coco { get; } = new(
        ["nose", "left eye", "right eye", "left ear", "right ear", "left shoulder", "right shoulder", "left elbow", "right elbow",
         "left wrist", "right wrist", "left hip", "right hip", "left knee", "right knee", "left ankle", "right ankle"],
        [.026, .025, .025, .035, .035, .079, .079, .072, .072, .062, .062, .107, .107, .087, .087, .089, .089],
        [(1, 2), (3, 4), (5, 6), (7, 8), (9, 10), (11, 12), (13, 14), (15, 16)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
        [(0, 1), (0, 2), (1, 3), (2, 4), (5, 6), (5, 7), (7, 9), (6, 8), (8, 10), (5, 11), (6, 12), (11, 12), (11, 13), (13, 15), (12, 14),
         (14, 16)]);

    /// <summary>MPII's 16 joints, from the right ankle to the left wrist, with MMPose's spreads, as MPII defines none.</summary>
    public static JointLayout Mpii { get; } = new(
        ["right ankle", "right knee", "right hip", "left hip", "left knee", "left ankle", "pelvis", "thorax", "neck", "head",
         "right wrist", "right elbow", "right shoulder", "left shoulder", "left elbow", "left wrist"],
        [.089, .083, .107, .107, .083, .089, .026, .026, .026, .026, .062, .072, .179, .179, .072, .062],
        [(5, 0), (4, 1), (3, 2), (15, 10), (14, 11), (13, 12)], [7, 8, 9, 10, 11, 12, 13, 14, 15],
        [(0, 1), (1, 2), (2, 6), (3, 6), (3, 4), (4, 5), (6, 7), (7, 8), (8, 9), (10, 11), (11, 12), (12, 7), (13, 7), (13, 14), (14, 15)]);

    /// <summary>A layout of any joints, from their names.</summary>
    /// <remarks>
    /// Joints whose names differ by left and right (<c>left_paw</c> and <c>right_paw</c>, <c>L_Paw</c> and <c>R_Paw</c>, <c>PawLeft</c> and
    /// <c>PawRight</c>) are pairs; the upper body is what is named after a part of it. If there is no pair, left and right are not known,
    /// and mirroring is refused.
    /// </remarks>
    /// <param name="names">One name per joint.</param>
    /// <param name="sigmas">
    /// One spread per joint, for OKS. Default null: COCO's for joints that are called as COCO's, the mean of COCO's (.067) for others.
    /// </param>
    /// <param name="limbs">Pairs of joints that a drawing connects. Default null: none.</param>
    /// <returns>The layout.</returns>
    /// <exception cref="ArgumentException">The lists do not fit each other.</exception>
    public static JointLayout Named(
        IReadOnlyList<string> names, IReadOnlyList<double>? sigmas = null, IReadOnlyList<(int From, int To)>? limbs = null)
    {
        ArgumentNullException.ThrowIfNull(names);
        var pairs = JointNames.Pairs(names);
        int[] upper = [.. Enumerable.Range(0, names.Count).Where(k => JointNames.IsUpper(names[k]))];
        return new JointLayout(names, sigmas ?? [.. names.Select(SigmaOf)], pairs, upper, limbs ?? [])
        {
            KnowsSides = pairs.Length > 0,
            AssumedSigmas = sigmas is null ? names.Count(name => CocoJoint(name) < 0) : 0,
        };
    }

    /// <summary>Joints of which only the number is known, so that left and right cannot change places.</summary>
    internal static JointLayout Unnamed(int count, IReadOnlyList<(int From, int To)> limbs) =>
        new([.. Enumerable.Range(0, count).Select(k => $"joint {k}")], [.. Enumerable.Repeat(MeanSigma, count)], [], [], limbs)
        {
            KnowsSides = false, AssumedSigmas = count,
        };

    /// <summary>The number of joints K.</summary>
    public int Count => Names.Count;

    /// <summary>One name per joint.</summary>
    public IReadOnlyList<string> Names { get; }

    /// <summary>The spreads of OKS: how far annotators differ on each joint, as a fraction of the person's scale.</summary>
    public IReadOnlyList<double> Sigmas { get; }

    /// <summary>Joints that change places when an image is mirrored.</summary>
    public IReadOnlyList<(int Left, int Right)> Pairs { get; }

    /// <summary>Joints of the upper body; the others are the lower one.</summary>
    public IReadOnlyList<int> UpperBody { get; }

    /// <summary>Pairs of joints that a drawing connects.</summary>
    public IReadOnlyList<(int From, int To)> Limbs { get; }

    /// <summary>For each joint the one that takes its place in a mirror.</summary>
    internal int[] MirrorOrder { get; }

    /// <summary>Whether it is known which joints change places in a mirror.</summary>
    internal bool KnowsSides { get; private init; } = true;

    /// <summary>How many joints have the mean of COCO's spreads, for want of their own.</summary>
    internal int AssumedSigmas { get; private init; }

    private static double MeanSigma => Coco.Sigmas.Average();

    /// <exception cref="ArgumentException">Persons are to be mirrored whose left and right joints are not known.</exception>
    internal void RequireSides(string what)
    {
        if (!KnowsSides)
            throw new ArgumentException(
                $"Expected names of the {Count} joints for {what} that tell left from right, such as 'left_paw': " +
                $"without them left and right cannot change places. Found {Some(Names)}. State a {nameof(JointLayout)} with its pairs " +
                "(none, if no joint has a counterpart), or do without.");
    }

    private static string Some(IReadOnlyList<string> names)
    {
        const int Shown = 4;
        return string.Join(", ", names.Take(Shown).Select(name => $"'{name}'")) + (names.Count > Shown ? " and so on" : "");
    }

    private static double SigmaOf(string name) => CocoJoint(name) is >= 0 and var joint ? Coco.Sigmas[joint] : MeanSigma;

    private static int CocoJoint(string name) => Coco.Names.ToList().FindIndex(coco => JointNames.Plain(coco) == JointNames.Plain(name));

    /// <summary>The order of joints in a mirror: <c>order[k]</c> is the joint that takes the place k.</summary>
    /// <exception cref="ArgumentException">A pair names an unknown joint, or a joint is in two pairs.</exception>
    internal static int[] Mirrored(IReadOnlyList<(int Left, int Right)> pairs, int joints)
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
