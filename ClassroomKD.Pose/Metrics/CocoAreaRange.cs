namespace ClassroomKD.Pose;

/// <summary>The sizes of person that COCO reports separately; the bounds, in square pixels, belong to both neighbors.</summary>
public enum CocoAreaRange
{
    /// <summary>0 to 10^10</summary>
    All,

    /// <summary>32² to 96²</summary>
    Medium,

    /// <summary>96² to 10^10</summary>
    Large,
}
