namespace ClassroomKD.Pose;

/// <summary>A category of a COCO annotation file, such as the person.</summary>
/// <param name="Id">The number that annotations and detections refer to.</param>
/// <param name="Name">Its name; empty where the file gives none.</param>
/// <param name="Joints">The names of its joints; empty where the file gives none.</param>
/// <param name="Skeleton">Pairs of joints, counted from 0 (in files from 1); empty where the file gives none.</param>
public sealed record CocoCategory(long Id, string Name, IReadOnlyList<string> Joints, IReadOnlyList<(int From, int To)> Skeleton)
{
    /// <summary>Joints by their names, COCO's own where there are as many and nothing else is said.</summary>
    internal JointLayout Layout(int count)
    {
        var coco = JointLayout.Coco;
        var named = Joints.Select(JointNames.Plain);
        if (count == coco.Count && (Joints.Count == 0 || named.SequenceEqual(coco.Names.Select(JointNames.Plain))))
            return coco;
        // The COCO API knows one list of spreads, and takes it for any 17 joints.
        return Joints.Count == 0
            ? JointLayout.Unnamed(count, Skeleton)
            : JointLayout.Named(Joints, count == coco.Count ? coco.Sigmas : null, Skeleton);
    }

    /// <inheritdoc/>
    public override string ToString() => Name.Length == 0 ? $"category {Id}" : $"category {Id} '{Name}'";
}
