namespace ClassroomKD.Pose;

/// <summary>A batch of persons, as a network sees them. A <see cref="PoseLoader"/> disposes it when the next is drawn.</summary>
public sealed class PoseBatch : IDisposable
{
    internal PoseBatch(Tensor images, PoseTarget target, int[] persons, CropTransform[] crops) =>
        (Images, Target, Persons, Crops) = (images, target, persons, crops);

    /// <summary>Normalized images, float32 <c>[B, 3, H, W]</c>.</summary>
    public Tensor Images { get; }

    /// <summary>The truth in input pixels, on the images' device; v as annotated.</summary>
    public PoseTarget Target { get; }

    /// <summary>Which samples of the data set these are.</summary>
    public IReadOnlyList<int> Persons { get; }

    /// <summary>The map from each person's image to the input; its determinant is negative where the sample was mirrored.</summary>
    public IReadOnlyList<CropTransform> Crops { get; }

    /// <summary>Releases the tensors.</summary>
    public void Dispose()
    {
        Images.Dispose();
        Target.Joints.Dispose();
        Target.Visibility.Dispose();
        Target.Areas.Dispose();
    }
}
