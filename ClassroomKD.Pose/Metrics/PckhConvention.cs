namespace ClassroomKD.Pose;

/// <summary>The ways PCKh is counted in the field; they differ in "Mean@0.1" and by errors of exactly the threshold.</summary>
public enum PckhConvention
{
    /// <summary>HRNet's: an error equal to the threshold is right; what it prints as Mean@0.1 is Mean@0.11.</summary>
    Hrnet,

    /// <summary>An error equal to the threshold is right, and Mean@0.1 is at 0.1.</summary>
    Inclusive,

    /// <summary>MMPose's: an error equal to the threshold is wrong, and Mean@0.1 is at 0.1.</summary>
    MMPose,
}
