using System.Runtime.InteropServices;

namespace ClassroomKD.Pose;

/// <summary>
/// COCO's keypoint average precision and recall, every figure equal to the reference implementation's (cocodataset/cocoapi) to 1e-9.
/// </summary>
/// <remarks>
/// Crowds and persons without labeled joints are ignored: finding them is neither right nor wrong. A quirk is kept on purpose: the
/// reference cannot tell an annotation with id 0 from no match, so finding it counts as wrong. Where such rules befall the data,
/// <see cref="CocoKeypointResult.Notes"/> say so.
/// </remarks>
public sealed class CocoKeypointMetric
{
    private readonly IReadOnlyList<double>? sigmas;
    private readonly long? category;
    private readonly int maxDetections;

    /// <summary>Creates a metric for one category.</summary>
    /// <param name="sigmas">The joints' spreads; <see langword="null"/> for those of <see cref="CocoKeypoints.JointsOf"/>.</param>
    /// <param name="categoryId">
    /// The category evaluated; annotations and detections of others are left out. Default null: <see cref="CocoKeypoints.Category"/>.
    /// </param>
    /// <param name="maxDetections">How many detections count per image, those with the highest scores. Default 20, as in COCO.</param>
    /// <exception cref="ArgumentException">A spread is not above 0, or no detection is to count.</exception>
    public CocoKeypointMetric(IReadOnlyList<double>? sigmas = null, long? categoryId = null, int maxDetections = 20)
    {
        if (sigmas is not null)
            Expect.Sigmas(sigmas);
        ArgumentOutOfRangeException.ThrowIfLessThan(maxDetections, 1);
        (this.sigmas, category, this.maxDetections) = (sigmas, categoryId, maxDetections);
    }

    /// <summary>Evaluates detections on all images of an annotation file.</summary>
    /// <param name="truth">Images and annotated persons.</param>
    /// <param name="detections">Predicted persons in file order, which decides between equal scores.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">
    /// A detection has an unknown image, other joints, a score or position that is not finite, or lacks a box that the first has; or there
    /// are not as many spreads as joints.
    /// </exception>
    /// <exception cref="InvalidDataException">See <see cref="CocoKeypoints.Category"/>.</exception>
    public CocoKeypointResult Evaluate(CocoKeypoints truth, IReadOnlyList<CocoDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(truth);
        var notes = sigmas is null ? CocoNotes.OfSpreads(truth.JointsOf(category)) : [];
        return Evaluate(truth, detections, PersonBoxes.Unknown, notes);
    }

    internal CocoKeypointResult Evaluate(
        CocoKeypoints truth, IReadOnlyList<CocoDetection> detections, PersonBoxes boxes, IEnumerable<string> notes)
    {
        ArgumentNullException.ThrowIfNull(detections);
        var evaluated = truth.Category(category);
        var oks = Similarity(truth);
        var images = Group(truth, detections, evaluated.Id, oks);
        var (curves, perJoint, counts) = CocoAccumulator.Accumulate(images, oks);
        return new CocoKeypointResult(curves, perJoint, counts)
        {
            Boxes = boxes, MaxDetections = maxDetections, CategoryId = evaluated.Id,
            Notes = [.. notes, .. CocoNotes.About(truth, evaluated, detections, images, maxDetections)],
        };
    }

    /// <summary>Sorts truths and detections by image, in the order of image ids, and matches them.</summary>
    internal List<CocoImageMatches> Group(CocoKeypoints truth, IReadOnlyList<CocoDetection> detections) =>
        Group(truth, detections, truth.Category(category).Id, Similarity(truth));

    private List<CocoImageMatches> Group(
        CocoKeypoints truth, IReadOnlyList<CocoDetection> detections, long evaluated, ObjectKeypointSimilarity oks)
    {
        var persons = new Dictionary<long, List<CocoAnnotation>>();
        foreach (var annotation in truth.Annotations)
        {
            if (annotation.CategoryId == evaluated)
                At(persons, annotation.ImageId).Add(annotation);
        }
        var candidates = Candidates(truth, detections, evaluated, oks.Joints);
        var ids = truth.Images.Select(image => image.Id).Distinct().Order();
        var images = new List<CocoImageMatches>();
        foreach (var id in ids)
        {
            var here = persons.GetValueOrDefault(id) ?? [];
            var found = candidates.GetValueOrDefault(id) ?? [];
            if (here.Count > 0 || found.Count > 0)
                images.Add(new CocoImageMatches(id, here, found, oks, maxDetections));
        }
        return images;
    }

    private ObjectKeypointSimilarity Similarity(CocoKeypoints truth)
    {
        var joints = truth.JointsOf(category);
        var wrong = sigmas is not null && sigmas.Count != joints.Count && truth.Annotations.Count > 0;
        return wrong
            ? throw new ArgumentException($"Expected spreads of the annotations' {joints.Count} joints, found {sigmas!.Count}.")
            : new ObjectKeypointSimilarity(sigmas ?? joints.Sigmas);
    }

    private static Dictionary<long, List<CocoCandidate>> Candidates(
        CocoKeypoints truth, IReadOnlyList<CocoDetection> detections, long evaluated, int joints)
    {
        var known = truth.Images.Select(image => image.Id).ToHashSet();
        var boxes = detections.Count > 0 && detections[0].Box is not null;
        var candidates = new Dictionary<long, List<CocoCandidate>>();
        for (var i = 0; i < detections.Count; i++)
        {
            var detection = detections[i];
            if (!known.Contains(detection.ImageId))
                throw new ArgumentException(
                    $"Detection {i} names image {detection.ImageId}, which is not among the truth's images.", nameof(detections));
            if (!double.IsFinite(detection.Score))
                throw new ArgumentException($"Expected a finite score in detection {i}, found {detection.Score}.", nameof(detections));
            if (detection.CategoryId != evaluated)
                continue;
            RequireJoints(detection.Keypoints, joints, i);
            var area = !boxes ? Extent(detection.Keypoints)
                : detection.Box?.Area ?? throw new ArgumentException(
                    $"Detection {i} has no box, but the first has: give all of them one, or none.", nameof(detections));
            At(candidates, detection.ImageId).Add(new CocoCandidate(i + 1, detection, area));
        }
        return candidates;
    }

    // A comparison with NaN is false, so that NaN would pass for a perfect match, in the COCO API too.
    private static void RequireJoints(IReadOnlyList<double> keypoints, int joints, int detection)
    {
        if (keypoints.Count != 3 * joints)
            throw new ArgumentException(
                $"Expected {joints} joints (x, y, score) in detection {detection}, found {keypoints.Count} numbers.", nameof(keypoints));
        for (var k = 0; k < joints; k++)
            if (!double.IsFinite(keypoints[3 * k] + keypoints[3 * k + 1]))
                throw new ArgumentException(
                    $"Expected finite positions in detection {detection}, " +
                    $"found ({keypoints[3 * k]}, {keypoints[3 * k + 1]}) for joint {k}.", nameof(keypoints));
    }

    private static double Extent(IReadOnlyList<double> keypoints)
    {
        var (left, right, top, bottom) = (double.MaxValue, double.MinValue, double.MaxValue, double.MinValue);
        for (var i = 0; i < keypoints.Count; i += 3)
        {
            (left, right) = (Math.Min(left, keypoints[i]), Math.Max(right, keypoints[i]));
            (top, bottom) = (Math.Min(top, keypoints[i + 1]), Math.Max(bottom, keypoints[i + 1]));
        }
        return (right - left) * (bottom - top);
    }

    private static List<T> At<T>(Dictionary<long, List<T>> groups, long key) =>
        CollectionsMarshal.GetValueRefOrAddDefault(groups, key, out _) ??= [];
}
