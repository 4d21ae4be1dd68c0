namespace ClassroomKD.Pose;

/// <summary>One annotated person of a COCO keypoint file.</summary>
public sealed class CocoAnnotation
{
    /// <summary>The largest area, in square pixels, that COCO's metric knows.</summary>
    internal const double LargestArea = 1e10;

    /// <summary>The annotation's number, unique in its file.</summary>
    public required long Id { get; init; }

    /// <summary>The image that shows the person.</summary>
    public required long ImageId { get; init; }

    /// <summary>The category; 1 is the person in COCO's own files.</summary>
    public required long CategoryId { get; init; }

    /// <summary>The person's box in pixels.</summary>
    public required KeypointBox Box { get; init; }

    /// <summary>The area of the person's segment in square pixels, the scale of OKS; smaller than the box's.</summary>
    public required double Area { get; init; }

    /// <summary>Whether this stands for a group: matched detections are then neither right nor wrong.</summary>
    public required bool IsCrowd { get; init; }

    /// <summary>The number of labeled joints, as the file states it.</summary>
    public required int LabeledJoints { get; init; }

    /// <summary>Per joint x, y in pixels and v: 0 not labeled, 1 hidden, 2 visible; length 3K.</summary>
    public required IReadOnlyList<double> Keypoints { get; init; }
}
