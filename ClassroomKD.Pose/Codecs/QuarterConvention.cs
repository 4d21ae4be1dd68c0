namespace ClassroomKD.Pose;

/// <summary>Where the quarter shift is applied, and where a joint without a peak above 0 goes.</summary>
public enum QuarterConvention
{
    /// <summary>HRNet's: only where 1 &lt; x &lt; W - 1 and 1 &lt; y &lt; H - 1; no peak: (0, 0).</summary>
    Hrnet,

    /// <summary>MMPose's: x where 1 &lt; x &lt; W - 1 and 0 &lt; y, and so for y; no peak: (-1, -1).</summary>
    MMPose,
}
