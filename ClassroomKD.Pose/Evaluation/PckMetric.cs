namespace ClassroomKD.Pose;

/// <summary>PCK: the share of labeled joints predicted within a part of the longer side of the person's box.</summary>
public static class PckMetric
{
    /// <summary>
    /// Evaluates predictions. An error equal to the threshold is right; a joint predicted at NaN is wrong, and so is all of a person
    /// without a prediction.
    /// </summary>
    /// <param name="data">The data set.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <param name="share">The threshold as a share of the box's longer side. Default .05.</param>
    /// <returns>Fractions.</returns>
    /// <exception cref="ArgumentException">The share is not above 0.</exception>
    public static PckResult Evaluate(PersonDataset data, IReadOnlyList<PosePrediction> predictions, double share = .05)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(predictions);
        Expect.AboveZero(share, "a share", nameof(share));
        var (right, labeled) = (new int[data.Joints.Count], new int[data.Joints.Count]);
        foreach (var person in data.Persons)
            for (var k = 0; k < labeled.Length; k++)
                labeled[k] += person.Keypoints[3 * k + 2] > 0 ? 1 : 0;
        foreach (var prediction in predictions)
        {
            var person = data.Persons[prediction.Person];
            var within = share * Math.Max(person.Box.Width, person.Box.Height);
            for (var k = 0; k < right.Length; k++)
            {
                var dx = prediction.Keypoints[3 * k] - person.Keypoints[3 * k];
                var dy = prediction.Keypoints[3 * k + 1] - person.Keypoints[3 * k + 1];
                if (person.Keypoints[3 * k + 2] > 0 && Math.Sqrt(dx * dx + dy * dy) <= within)
                    right[k]++;
            }
        }
        return new PckResult(share, (double)right.Sum() / labeled.Sum(), [.. right.Zip(labeled, (hits, of) => (double)hits / of)]);
    }
}

/// <summary>What <see cref="PckMetric"/> found.</summary>
/// <param name="Share">The threshold, of the box's longer side.</param>
/// <param name="Mean">The share of all labeled joints that are right.</param>
/// <param name="PerJoint">The same for each joint; NaN for one that no person has labeled.</param>
public sealed record PckResult(double Share, double Mean, IReadOnlyList<double> PerJoint);
