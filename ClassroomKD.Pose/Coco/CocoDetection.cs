namespace ClassroomKD.Pose;

/// <summary>One predicted person, as COCO's result files hold it.</summary>
public sealed class CocoDetection
{
    /// <summary>The image that the prediction is for.</summary>
    public required long ImageId { get; init; }

    /// <summary>The category; 1, the person, by default.</summary>
    public long CategoryId { get; init; } = 1;

    /// <summary>Per joint x, y in pixels and a confidence that the metric does not read; length 3K.</summary>
    public required IReadOnlyList<double> Keypoints { get; init; }

    /// <summary>The person's confidence; detections are ranked by it.</summary>
    public required double Score { get; init; }

    /// <summary>
    /// The person's box in pixels, if the file gives one. COCO takes a detection's area from it, and from the extent of all joints
    /// otherwise; whether the first detection of a file has a box decides for the whole file.
    /// </summary>
    public KeypointBox? Box { get; init; }
}
