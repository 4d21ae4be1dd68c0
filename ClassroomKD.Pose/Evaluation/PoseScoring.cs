namespace ClassroomKD.Pose;

/// <summary>
/// How predictions become the results that papers evaluate, as in HRNet and MMPose: rescored, and doubles suppressed (OKS-NMS).
/// </summary>
/// <remarks>
/// A person's score is the mean of its joints' scores above <see cref="LeastJointScore"/>, 0 without such a joint, times the box's. Of
/// persons of one image whose OKS exceeds <see cref="SuppressionOks"/>, with the mean area of their crops, that of the highest score
/// stays.
/// </remarks>
public sealed record PoseScoring
{
    /// <summary>
    /// Joints of at most this score have no part in the person's. Peaks of heatmaps near 1; the peaks of a softmax over bins are lower, for
    /// which 0 suits.
    /// </summary>
    /// <value>Default .2.</value>
    public double LeastJointScore { get; init; } = .2;

    /// <summary>The OKS above which two predictions are one person, 0 to 1; 1 suppresses nothing.</summary>
    /// <value>Default .9.</value>
    public double SuppressionOks { get; init; } = .9;

    internal void RequireValid()
    {
        if (double.IsNaN(LeastJointScore))
            throw new ArgumentOutOfRangeException(nameof(LeastJointScore), LeastJointScore, "Expected a number.");
        if (!(SuppressionOks is >= 0 and <= 1))
            throw new ArgumentOutOfRangeException(nameof(SuppressionOks), SuppressionOks, "Expected 0 to 1.");
    }

    internal double Score(PosePrediction prediction, PersonSample person)
    {
        var (sum, count) = (0.0, 0);
        for (var k = 2; k < prediction.Keypoints.Count; k += 3)
        {
            // NaN is kept, so that the metric refuses it.
            if (prediction.Keypoints[k] <= LeastJointScore)
                continue;
            sum += prediction.Keypoints[k];
            count++;
        }
        return (count == 0 ? 0 : sum / count) * (person.BoxScore ?? 1);
    }

    /// <summary>The predictions of one image that stay, in their order.</summary>
    internal IEnumerable<int> Kept(IReadOnlyList<PosePrediction> predictions, double[] scores, double[] areas, IReadOnlyList<double> sigmas)
    {
        var kept = new List<int>();
        foreach (var next in Enumerable.Range(0, predictions.Count).OrderByDescending(i => scores[i]))
            if (!kept.Exists(higher => Oks(higher, next) > SuppressionOks))
                kept.Add(next);
        return kept.Order();

        double Oks(int a, int b)
        {
            var sum = 0.0;
            for (var k = 0; k < sigmas.Count; k++)
            {
                var dx = predictions[a].Keypoints[3 * k] - predictions[b].Keypoints[3 * k];
                var dy = predictions[a].Keypoints[3 * k + 1] - predictions[b].Keypoints[3 * k + 1];
                sum += Math.Exp(-(dx * dx + dy * dy) / (4 * sigmas[k] * sigmas[k] * (areas[a] + areas[b])));
            }
            return sum / sigmas.Count;
        }
    }
}
