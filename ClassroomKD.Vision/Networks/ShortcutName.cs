namespace ClassroomKD.Vision;

/// <summary>What a residual block's projection is called in the checkpoints that a network takes.</summary>
internal enum ShortcutName
{
    /// <summary><c>downsample</c>: torchvision, and the CRD zoo's 6n+2 networks.</summary>
    Downsample,

    /// <summary><c>shortcut</c>: the CRD zoo's ResNet-18 to -50.</summary>
    Shortcut,
}
