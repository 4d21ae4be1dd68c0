namespace ClassroomKD.Vision;

/// <summary>The label of a CIFAR-100 image that is the truth.</summary>
public enum CifarLabels
{
    /// <summary>The 100 classes, or the 10 classes of CIFAR-10.</summary>
    Fine,

    /// <summary>The 20 superclasses of CIFAR-100.</summary>
    Coarse,
}
