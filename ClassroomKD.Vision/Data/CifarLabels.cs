namespace ClassroomKD.Vision;

/// <summary>Which of the two labels of a CIFAR-100 image is the truth.</summary>
public enum CifarLabels
{
    /// <summary>The 100 classes; on CIFAR-10 its 10 classes. The default.</summary>
    Fine,

    /// <summary>The 20 superclasses of CIFAR-100.</summary>
    Coarse,
}
