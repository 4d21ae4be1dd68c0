namespace ClassroomKD.Pose;

/// <summary>A box in which a detector found a person.</summary>
/// <param name="ImageId">The image.</param>
/// <param name="CategoryId">The category; 1 is the person in COCO's own files.</param>
/// <param name="Box">The box in pixels.</param>
/// <param name="Score">The detector's confidence.</param>
public sealed record CocoPersonBox(long ImageId, long CategoryId, KeypointBox Box, double Score);
