namespace ClassroomKD.Pose;

/// <summary>Predictions measured by the data sets' own rules.</summary>
public static class PoseEvaluation
{
    /// <summary>Predictions as COCO's result files hold them.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <returns>Detections in the predictions' order, without boxes, as HRNet writes them.</returns>
    public static IReadOnlyList<CocoDetection> ToCoco(PersonDataset data, IReadOnlyList<PosePrediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(predictions);
        return [.. predictions.Select(prediction => new CocoDetection
        {
            ImageId = data.Persons[prediction.Person].ImageId, Keypoints = prediction.Keypoints, Score = prediction.Score,
        })];
    }

    /// <summary>COCO's AP and AR against all annotations of the data set.</summary>
    /// <inheritdoc cref="ToCoco" path="/param"/>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">The data set has no COCO annotations.</exception>
    public static CocoKeypointResult Coco(PersonDataset data, IReadOnlyList<PosePrediction> predictions)
    {
        ArgumentNullException.ThrowIfNull(data);
        var truth = data.Annotations ?? throw new ArgumentException("The data set has no annotations of COCO's form.", nameof(data));
        return new CocoKeypointMetric(data.Joints.Sigmas).Evaluate(truth, ToCoco(data, predictions));
    }

    /// <summary>MPII's PCKh. A person without a prediction (its image is broken) counts as predicted at its crop's center.</summary>
    /// <param name="data">A data set of <see cref="MpiiPersons"/>, read from the JSON that lists the truth's persons in order.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <param name="truth">The truth of <c>gt_valid.mat</c>.</param>
    /// <param name="convention">How errors of exactly the threshold count. Default HRNet's.</param>
    /// <returns>All figures in percent.</returns>
    /// <exception cref="ArgumentException">The data set is no MPII, or has persons beyond the truth's.</exception>
    public static PckhResult Mpii(
        PersonDataset data, IReadOnlyList<PosePrediction> predictions, MpiiTruth truth, PckhConvention convention = PckhConvention.Hrnet)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(predictions);
        ArgumentNullException.ThrowIfNull(truth);
        if (data.Joints.Count != MpiiTruth.Joints)
            throw new ArgumentException($"Expected MPII's {MpiiTruth.Joints} joints, found {data.Joints.Count}.", nameof(data));
        if (data.Persons.FirstOrDefault(person => person.Id < 0 || person.Id >= truth.Persons) is { } beyond)
            throw new ArgumentException($"Expected persons 0 to {truth.Persons - 1} of the truth, found {beyond.Id}.", nameof(data));
        var places = new double[2 * MpiiTruth.Joints * truth.Persons];
        foreach (var person in data.Persons)
            Place(places, (int)person.Id, _ => (person.Box.X + person.Box.Width / 2, person.Box.Y + person.Box.Height / 2));
        foreach (var prediction in predictions)
            Place(places, (int)data.Persons[prediction.Person].Id, k => (prediction.Keypoints[3 * k], prediction.Keypoints[3 * k + 1]));
        return PckhMetric.Evaluate(truth, places, convention);
    }

    private static void Place(double[] places, int person, Func<int, (double X, double Y)> joint)
    {
        for (var k = 0; k < MpiiTruth.Joints; k++)
        {
            var at = 2 * (person * MpiiTruth.Joints + k);
            (places[at], places[at + 1]) = joint(k);
        }
    }
}
