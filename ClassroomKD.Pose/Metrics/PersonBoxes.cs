namespace ClassroomKD.Pose;

/// <summary>The boxes in which poses were predicted: figures on annotated and on detected ones do not compare.</summary>
public enum PersonBoxes
{
    /// <summary>Not known: the detections came from elsewhere.</summary>
    Unknown,

    /// <summary>Annotated boxes. On COCO, AP is about 2 points higher than on detected ones.</summary>
    Annotated,

    /// <summary>A detector's boxes, as in papers.</summary>
    Detected,
}
