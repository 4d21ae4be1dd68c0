namespace ClassroomKD.Vision;

/// <summary>
/// The experiments of the distillation literature that the method is measured by: pairs and classes on CIFAR-100 and ImageNet.
/// </summary>
public static partial class Recipes
{
    /// <summary>All recipes.</summary>
    public static IReadOnlyList<Recipe> All => [.. Cifar100.All, .. Cifar100Classroom.All, .. ImageNet.All, .. ImageNetClassroom.All];
}
