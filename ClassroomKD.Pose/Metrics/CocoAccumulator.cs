namespace ClassroomKD.Pose;

/// <summary>Gathers the matches of all images into precision and recall.</summary>
internal static class CocoAccumulator
{
    private const double Spacing = 2.220446049250313e-16;
    private const int RecallPoints = 101;

    private static readonly (double Smallest, double Largest)[] Areas = 
        [(0, CocoAnnotation.LargestArea), (32 * 32, 96 * 96), (96 * 96, CocoAnnotation.LargestArea)];

    public static (CocoPrecisionRecall[] Curves, double[] PerJoint, int[] PerJointCount) Accumulate(
        List<CocoImageMatches> images, ObjectKeypointSimilarity oks)
    {
        var scores = images.SelectMany(image => image.Candidates, (_, candidate) => candidate.Detection.Score).ToArray();
        var byScore = Enumerable.Range(0, scores.Length).OrderByDescending(i => scores[i]).ToArray();
        var curves = new CocoPrecisionRecall[Areas.Length];
        var joints = new JointMeans(oks);
        for (var a = 0; a < Areas.Length; a++)
            curves[a] = Curves(images, scores, byScore, Areas[a], a == 0 ? joints : null);
        return (curves, joints.Means(), joints.Counts);
    }

    private static CocoPrecisionRecall Curves(
        List<CocoImageMatches> images, double[] scores, int[] byScore, (double Smallest, double Largest) area, JointMeans? joints)
    {
        var persons = images.Sum(
            image => Enumerable.Range(0, image.Truths.Length).Count(g => !image.Ignored(g, area.Smallest, area.Largest)));
        var thresholds = CocoPrecisionRecall.Thresholds;
        var count = thresholds.Length;
        var curves = new CocoPrecisionRecall(persons, new double[count], new double[count][], new double[count][]);
        if (persons == 0)
            return curves;
        var matches = new int[scores.Length];
        var ignored = new bool[scores.Length];
        var right = new bool[scores.Length];
        for (var t = 0; t < count; t++)
        {
            var start = 0;
            foreach (var image in images)
            {
                var found = image.Candidates.Length;
                image.Match(thresholds[t], area.Smallest, area.Largest, matches.AsSpan(start, found), ignored.AsSpan(start, found));
                for (var d = 0; d < found; d++)
                {
                    var match = matches[start + d];
                    right[start + d] = match >= 0 && image.Truths[match].Id != 0;
                    if (t == 0 && match >= 0 && !ignored[start + d])
                        joints?.Add(image.Truths[match], image.Candidates[d].Detection.Keypoints);
                }
                start += found;
            }
            (curves.Recall[t], curves.Precision[t], curves.Scores[t]) = Curve(scores, byScore, right, ignored, persons);
        }
        return curves;
    }

    private static (double Recall, double[] Precision, double[] Scores) Curve(
        double[] scores, int[] byScore, bool[] right, bool[] ignored, int persons)
    {
        var recall = new double[byScore.Length];
        var precision = new double[byScore.Length];
        double hits = 0, misses = 0;
        for (var i = 0; i < byScore.Length; i++)
        {
            if (!ignored[byScore[i]])
            {
                if (right[byScore[i]])
                    hits++;
                else
                    misses++;
            }
            recall[i] = hits / persons;
            precision[i] = hits / (misses + hits + Spacing);
        }
        for (var i = precision.Length - 1; i > 0; i--)
            precision[i - 1] = Math.Max(precision[i - 1], precision[i]);

        var interpolated = new double[RecallPoints];
        var reached = new double[RecallPoints];
        var at = 0;
        for (var r = 0; r < RecallPoints; r++)
        {
            // numpy.linspace(0, 1, 101), whose last value is set, not computed.
            var wanted = r == RecallPoints - 1 ? 1.0 : r * 0.01;
            while (at < recall.Length && recall[at] < wanted)
                at++;
            if (at == recall.Length)
                break;
            interpolated[r] = precision[at];
            reached[r] = scores[byScore[at]];
        }
        return (recall.Length == 0 ? 0 : recall[^1], interpolated, reached);
    }

    private sealed class JointMeans(ObjectKeypointSimilarity oks)
    {
        private readonly double[] sums = new double[oks.Joints];
        private readonly double[] one = new double[oks.Joints];

        public int[] Counts { get; } = new int[oks.Joints];

        public void Add(CocoAnnotation truth, IReadOnlyList<double> keypoints)
        {
            oks.PerJoint(truth, keypoints, one);
            for (var k = 0; k < one.Length; k++)
            {
                if (double.IsNaN(one[k]))
                    continue;
                sums[k] += one[k];
                Counts[k]++;
            }
        }

        public double[] Means() => [.. sums.Select((sum, k) => sum / Counts[k])];
    }
}
