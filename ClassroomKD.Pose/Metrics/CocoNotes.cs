namespace ClassroomKD.Pose;

/// <summary>Says what a figure does not show: rules of COCO's metric that befell the data.</summary>
internal static class CocoNotes
{
    public static IReadOnlyList<string> About(
        CocoKeypoints truth, CocoCategory category, IReadOnlyList<CocoDetection> detections, IReadOnlyList<CocoImageMatches> images,
        int maxDetections, JointLayout? assumed)
    {
        var persons = truth.Annotations.Where(person => person.CategoryId == category.Id).ToList();
        var counting = persons.Where(person => person is { IsCrowd: false, LabeledJoints: > 0 }).ToList();
        var notes = new List<string>();
        if (counting.Count == 0)
            notes.Add($"No person of {category} counts, so that there is nothing to find; found {truth.Counted}.");
        Add(
            persons.Where(person => person.Id == 0),
            (_, _) => "Annotation 0: the COCO API takes the id 0 for no match, so that finding it counts as wrong. Number annotations from 1.");
        Add(
            counting.Where(person => person.Area < .01 * person.Box.Area),
            (count, first) => $"{count} of {counting.Count} persons have an area below 1 % of their box's (the first is annotation {first}), " +
                "so that hardly any prediction is near enough. Areas can be taken from the boxes.");
        Add(
            counting.Where(person => person.Area is < 0 or > CocoAnnotation.LargestArea),
            (count, first) => $"{count} persons have an area below 0 or above 10^10 (the first is annotation {first}) and are ignored.");
        if (images.Count(image => image.Found > maxDetections) is > 0 and var crowded)
            notes.Add($"{crowded} images have more than {maxDetections} detections, of which those with the highest scores count.");
        if (detections.Count(detection => detection.CategoryId != category.Id) is > 0 and var others)
            notes.Add($"{others} of {detections.Count} detections are of other categories than {category.Id} and are passed over.");
        if (assumed is { AssumedSigmas: > 0 })
            notes.Add($"The spreads of {assumed.AssumedSigmas} of {assumed.Count} joints are the mean of COCO's, for want of their own.");
        else if (assumed is not null && assumed != JointLayout.Coco && assumed.Count == JointLayout.Coco.Count)
            notes.Add("The joints have not COCO's names; their spreads are COCO's, as in the COCO API.");
        return notes;

        void Add(IEnumerable<CocoAnnotation> befallen, Func<int, long, string> note)
        {
            var all = befallen.ToList();
            if (all.Count > 0)
                notes.Add(note(all.Count, all[0].Id));
        }
    }
}
