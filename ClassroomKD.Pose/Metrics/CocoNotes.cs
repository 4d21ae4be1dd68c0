namespace ClassroomKD.Pose;

/// <summary>Says what a figure does not show: rules of COCO's metric that befell the data.</summary>
internal static class CocoNotes
{
    /// <summary>What was assumed of the joints' spreads.</summary>
    public static IEnumerable<string> OfSpreads(JointLayout joints) =>
        joints.AssumedSigmas > 0
            ? [$"Joints with the mean of COCO's spreads, for want of their own: {joints.AssumedSigmas} of {joints.Count}."]
            : joints != JointLayout.Coco && joints.Sigmas.SequenceEqual(JointLayout.Coco.Sigmas)
                ? ["The joints have not COCO's names; their spreads are COCO's, as in the COCO API."]
                : [];

    /// <summary>What befell the annotations and detections.</summary>
    public static IReadOnlyList<string> About(
        CocoKeypoints truth, CocoCategory category, IReadOnlyList<CocoDetection> detections, IReadOnlyList<CocoImageMatches> images,
        int maxDetections)
    {
        var persons = truth.Annotations.Where(person => person.CategoryId == category.Id).ToList();
        var counting = persons.Where(person => person is { IsCrowd: false, LabeledJoints: > 0 }).ToList();
        var notes = new List<string>();
        if (counting.Count == 0)
            notes.Add($"No person of {category} counts, so that there is nothing to find; there are {truth.Counted}.");
        if (persons.Exists(person => person.Id == 0))
            notes.Add("Annotation 0: the COCO API reads the id 0 as no match, so that finding it counts as wrong. Number from 1.");
        Add(
            counting.FindAll(person => person.Area < .01 * person.Box.Area), "an area below 1 % of their box's",
            "Hardly any prediction is near enough to them; areas can be taken from the boxes.");
        Add(
            counting.FindAll(person => person.Area is < 0 or > CocoAnnotation.LargestArea), "an area below 0 or above 10^10",
            "The metric ignores them.");
        if (images.Count(image => image.Found > maxDetections) is > 0 and var crowded)
            notes.Add($"Images with more than {maxDetections} detections: {crowded}. Those with the highest scores count.");
        if (detections.Count(detection => detection.CategoryId != category.Id) is > 0 and var others)
            notes.Add($"Detections of other categories than {category.Id}: {others} of {detections.Count}. They are passed over.");
        return notes;

        void Add(List<CocoAnnotation> befallen, string what, string so)
        {
            if (befallen.Count > 0)
                notes.Add($"Persons with {what}: {befallen.Count} of {counting.Count}, the first is annotation {befallen[0].Id}. {so}");
        }
    }
}
