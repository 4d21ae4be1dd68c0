namespace ClassroomKD.Vision;

/// <summary>Experiments of the distillation literature: pairs and classes on CIFAR-100 and ImageNet.</summary>
public static partial class Recipes
{
    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All => [.. Cifar100.All, .. Cifar100Classroom.All, .. ImageNet.All, .. ImageNetClassroom.All];
}
