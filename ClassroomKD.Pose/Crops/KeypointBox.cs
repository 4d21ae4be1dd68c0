namespace ClassroomKD.Pose;

/// <summary>A box in pixels of the image, as COCO writes it.</summary>
/// <param name="X">The left edge.</param>
/// <param name="Y">The top edge.</param>
/// <param name="Width">The extent to the right.</param>
/// <param name="Height">The extent downwards.</param>
public readonly record struct KeypointBox(double X, double Y, double Width, double Height)
{
    /// <summary>Width times height, in square pixels.</summary>
    public double Area => Width * Height;

    /// <summary>The area of a person in the box where none is annotated, as in MPII: .53 of the box's.</summary>
    public double PersonArea => .53 * Area;
}
