namespace ClassroomKD.Vision;

/// <summary>The source of the checkpoints that a network takes, by the names of its parameters.</summary>
public enum CheckpointNames
{
    /// <summary>The CIFAR zoo of the CRD benchmark (RepDistiller), which mdistiller and most of the literature share.</summary>
    RepDistiller,

    /// <summary>torchvision.</summary>
    Torchvision,

    /// <summary>mdistiller's networks for ImageNet.</summary>
    Mdistiller,

    /// <summary>Y. Idelbayev's pytorch_resnet_cifar10, whose <c>linear</c> is <c>fc</c> here.</summary>
    PytorchResNetCifar10,
}
