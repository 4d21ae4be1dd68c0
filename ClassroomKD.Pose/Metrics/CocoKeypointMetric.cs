using System.Runtime.InteropServices;

namespace ClassroomKD.Pose;

/// <summary>
/// COCO's keypoint average precision and recall, every figure equal to the reference implementation's (cocodataset/cocoapi) to 1e-9.
/// </summary>
/// <remarks>
/// At most 20 detections count per image. Crowds and persons without labeled joints are ignored: finding them is neither right nor
/// wrong. A quirk is kept on purpose: the reference cannot tell an annotation with id 0 from no match, so finding it counts as wrong.
/// </remarks>
public sealed class CocoKeypointMetric
{
    private readonly ObjectKeypointSimilarity oks;
    private readonly long category;

    /// <summary>Creates a metric for one category.</summary>
    /// <param name="sigmas">The joints' spreads; <see langword="null"/> for those of <see cref="JointLayout.Coco"/>.</param>
    /// <param name="categoryId">The category evaluated; annotations and detections of others are left out. Default 1, the person.</param>
    /// <exception cref="ArgumentException">A spread is not above 0.</exception>
    public CocoKeypointMetric(IReadOnlyList<double>? sigmas = null, long categoryId = 1)
    {
        oks = new ObjectKeypointSimilarity(sigmas ?? JointLayout.Coco.Sigmas);
        category = categoryId;
    }

    /// <summary>Evaluates detections on all images of an annotation file.</summary>
    /// <param name="truth">Images and annotated persons.</param>
    /// <param name="detections">Predicted persons in file order, which decides between equal scores.</param>
    /// <returns>All figures.</returns>
    /// <exception cref="ArgumentException">A detection has an unknown image, other joints, or lacks a box that the first has.</exception>
    public CocoKeypointResult Evaluate(CocoKeypoints truth, IReadOnlyList<CocoDetection> detections)
    {
        ArgumentNullException.ThrowIfNull(truth);
        ArgumentNullException.ThrowIfNull(detections);
        var images = Group(truth, detections);
        return CocoAccumulator.Accumulate(images, oks);
    }

    /// <summary>Sorts truths and detections by image, in the order of image ids, and matches them.</summary>
    internal List<CocoImageMatches> Group(CocoKeypoints truth, IReadOnlyList<CocoDetection> detections)
    {
        var persons = new Dictionary<long, List<CocoAnnotation>>();
        foreach (var annotation in truth.Annotations)
        {
            if (annotation.CategoryId == category)
                At(persons, annotation.ImageId).Add(annotation);
        }
        var candidates = Candidates(truth, detections);
        var ids = truth.Images.Select(image => image.Id).Distinct().Order();
        var images = new List<CocoImageMatches>();
        foreach (var id in ids)
        {
            var here = persons.GetValueOrDefault(id) ?? [];
            var found = candidates.GetValueOrDefault(id) ?? [];
            if (here.Count > 0 || found.Count > 0)
                images.Add(new CocoImageMatches(id, here, found, oks));
        }
        return images;
    }

    private Dictionary<long, List<CocoCandidate>> Candidates(CocoKeypoints truth, IReadOnlyList<CocoDetection> detections)
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
            if (detection.Keypoints.Count != 3 * oks.Joints)
                throw new ArgumentException(
                    $"Expected {oks.Joints} joints (x, y, score) in detection {i}, found {detection.Keypoints.Count} numbers.",
                    nameof(detections));
            if (!double.IsFinite(detection.Score))
                throw new ArgumentException($"Expected a finite score in detection {i}, found {detection.Score}.", nameof(detections));
            if (detection.CategoryId != category)
                continue;
            var area = !boxes ? Extent(detection.Keypoints)
                : detection.Box?.Area ?? throw new ArgumentException(
                    $"Detection {i} has no box, but the first has: give all of them one, or none.", nameof(detections));
            At(candidates, detection.ImageId).Add(new CocoCandidate(i + 1, detection, area));
        }
        return candidates;
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
