namespace ClassroomKD.Pose;

/// <summary>An image of a COCO annotation file.</summary>
/// <param name="Id">The number annotations and detections refer to.</param>
/// <param name="FileName">The name below the image folder; empty where the file gives none.</param>
/// <param name="Width">Pixels; 0 where the file gives none.</param>
/// <param name="Height">Pixels; 0 where the file gives none.</param>
public sealed record CocoImage(long Id, string FileName, int Width, int Height);
