namespace ClassroomKD.Pose;

/// <summary>Predictions measured by the data sets' own rules.</summary>
public static class PoseEvaluation
{
    /// <summary>Predictions as COCO's result files hold them.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <param name="scoring">
    /// Rescoring and OKS-NMS, as papers do both. Default null: scores as predicted, and nobody is suppressed.
    /// </param>
    /// <returns>Detections in the predictions' order, without boxes, as HRNet writes them.</returns>
    /// <exception cref="ArgumentException">A setting is out of range.</exception>
    public static IReadOnlyList<CocoDetection> ToCoco(
        PersonDataset data, IReadOnlyList<PosePrediction> predictions, PoseScoring? scoring = null)
    {
        ArgumentNullException.ThrowIfNull(data);
        ArgumentNullException.ThrowIfNull(predictions);
        scoring?.RequireValid();
        double[] scores =
            [.. predictions.Select(prediction => scoring?.Score(prediction, data.Persons[prediction.Person]) ?? prediction.Score)];
        var kept = scoring is null ? Enumerable.Range(0, predictions.Count) : Kept(data, predictions, scores, scoring);
        return [.. kept.Select(i => new CocoDetection
        {
            ImageId = data.Persons[predictions[i].Person].ImageId, CategoryId = data.Persons[predictions[i].Person].CategoryId,
            Keypoints = predictions[i].Keypoints, Score = scores[i],
        })];
    }

    /// <summary>COCO's AP and AR against all annotations of the data set, labeled by the boxes they are of.</summary>
    /// <param name="data">The data set.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <param name="scoring">
    /// Rescoring and OKS-NMS, for figures beside those of papers. Default null: scores as predicted, and nobody is suppressed.
    /// </param>
    /// <param name="maxDetections">How many detections count per image. Default 20, as in COCO.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">
    /// The data set has no COCO annotations, a prediction is not finite, or a setting is out of range.
    /// </exception>
    public static CocoKeypointResult Coco(
        PersonDataset data, IReadOnlyList<PosePrediction> predictions, PoseScoring? scoring = null, int maxDetections = 20)
    {
        ArgumentNullException.ThrowIfNull(data);
        var truth = data.Annotations ?? throw new ArgumentException("The data set has no annotations of COCO's form.", nameof(data));
        var detected = data.Persons.Any(person => person.BoxScore is not null);
        string[] notes = detected && scoring is null
            ? [$"Doubles among the detections are not suppressed; papers' figures are rescored and after OKS-NMS ({nameof(PoseScoring)})."]
            : [];
        return new CocoKeypointMetric(data.Joints.Sigmas, data.Persons[0].CategoryId, maxDetections).Evaluate(
            truth, ToCoco(data, predictions, scoring), detected ? PersonBoxes.Detected : PersonBoxes.Annotated,
            [.. notes, .. CocoNotes.OfSpreads(data.Joints)]);
    }

    private static IEnumerable<int> Kept(
        PersonDataset data, IReadOnlyList<PosePrediction> predictions, double[] scores, PoseScoring scoring) =>
        Enumerable.Range(0, predictions.Count)
            .GroupBy(i => data.Persons[predictions[i].Person].ImageId)
            .SelectMany(image =>
            {
                int[] here = [.. image];
                var areas = here.Select(i => predictions[i].CropArea ?? CropArea(data.Persons[predictions[i].Person].Box));
                return scoring.Kept([.. here.Select(i => predictions[i])], [.. here.Select(i => scores[i])], [.. areas], data.Joints.Sigmas)
                    .Select(k => here[k]);
            })
            .Order();

    private static double CropArea(KeypointBox box) => PersonCrop.FromBox(box) is var crop ? crop.Width * crop.Height : 0;

    /// <summary>MPII's PCKh. A person without a prediction (its image is broken) counts as predicted at its crop's center.</summary>
    /// <param name="data">A data set of <see cref="MpiiPersons"/>, read from the JSON that lists the truth's persons in order.</param>
    /// <param name="predictions">What <see cref="PosePredictor"/> returned.</param>
    /// <param name="truth">The truth, see <see cref="MpiiTruth.Load"/>.</param>
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
