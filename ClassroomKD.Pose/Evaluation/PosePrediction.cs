namespace ClassroomKD.Pose;

/// <summary>What a network says about one person of a data set.</summary>
/// <param name="Person">The sample's place in the data set.</param>
/// <param name="Keypoints">Per joint x and y in pixels of the image, counted from 0, and a score; length 3K.</param>
/// <param name="Score">The mean of the joints' scores, times the box's score if it has one.</param>
public sealed record PosePrediction(int Person, IReadOnlyList<double> Keypoints, double Score)
{
    /// <summary>The area of the crop that the network saw, in square pixels of the image: the scale of OKS-NMS.</summary>
    /// <value>Default null: that of a crop of 3 : 4 around the person's box.</value>
    public double? CropArea { get; init; }
}
