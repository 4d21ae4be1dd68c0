namespace ClassroomKD.Pose;

/// <summary>One person to learn from or to be examined on. All positions in pixels of the image, counted from 0.</summary>
public sealed record PersonSample
{
    /// <summary>The annotation's number; in MPII its place in the file, from 0.</summary>
    public required long Id { get; init; }

    /// <summary>The image's number; in MPII the person's place in the file.</summary>
    public required long ImageId { get; init; }

    /// <summary>The category's number in COCO's files.</summary>
    /// <value>Default 1, the person.</value>
    public long CategoryId { get; init; } = 1;

    /// <summary>The image's file, or what else it is known by.</summary>
    public required string File { get; init; }

    /// <summary>The width that the annotations state; 0 if they state none. An image of another size is a broken sample.</summary>
    public int ImageWidth { get; init; }

    /// <summary>The height that the annotations state; 0 if they state none.</summary>
    public int ImageHeight { get; init; }

    /// <summary>The person's box, to which the crop adds room.</summary>
    public required KeypointBox Box { get; init; }

    /// <summary>The person's area in square pixels, above 0: the scale of OKS.</summary>
    public required double Area { get; init; }

    /// <summary>Per joint x, y and v (0: not labeled); length 3K.</summary>
    public required IReadOnlyList<double> Keypoints { get; init; }

    /// <summary>The confidence of the detector that found the box; multiplies the score of what is predicted in it.</summary>
    /// <value>Default null: the box is annotated.</value>
    public double? BoxScore { get; init; }
}
