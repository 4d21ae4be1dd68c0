namespace ClassroomKD.Pose;

/// <summary>The reason why an annotated person is not a sample.</summary>
public enum PersonDefect
{
    /// <summary>It stands for a group. COCO's rule leaves it out.</summary>
    Crowd,

    /// <summary>Its area is 0 or less, so that OKS has no scale. COCO's rule leaves it out.</summary>
    NoArea,

    /// <summary>No joint is labeled. COCO's rule leaves it out.</summary>
    NoJoint,

    /// <summary>Its box has no part in common with its image. The file is wrong.</summary>
    OutsideImage,

    /// <summary>Its box, or MPII's scale, has no extent. The file is wrong.</summary>
    NoExtent,

    /// <summary>Its image is not in the folder, or named by a path that leaves the folder.</summary>
    NoImage,

    /// <summary>Its area is above 10^10 square pixels, the largest that COCO's metric knows. The file is wrong.</summary>
    AreaTooLarge,

    /// <summary>The detector is less sure of it than <see cref="CocoPersonsOptions.LeastScore"/>.</summary>
    LowScore,
}
