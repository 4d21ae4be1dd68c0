namespace ClassroomKD.Vision;

public static partial class Recipes
{
    /// <summary>The two pairs that the literature compares on ImageNet.</summary>
    /// <remarks>
    /// The ClassroomKD paper's schedule: 100 epochs, batches of 512, weight decay 1e-4, learning rate 0.1 times 0.1 every 30 epochs; tau 4.
    /// Published: torchvision's figures for its first weights of the teacher and of ResNet-18, and mdistiller's for classical distillation
    /// (whose learning rate was 0.2).
    /// </remarks>
    public static class ImageNet
    {
        /// <summary>ResNet-34 teaches ResNet-18.</summary>
        public static Recipe ResNet34ToResNet18 { get; } = Pair("resnet34", "resnet18", 4, new(73.31, 69.76, 71.03));

        /// <summary>ResNet-50 teaches MobileNetV1.</summary>
        public static Recipe ResNet50ToMobileNetV1 { get; } = Pair("resnet50", "mobilenet_v1", 4, new(76.13, null, 70.50));

        /// <summary>All of them.</summary>
        public static IReadOnlyList<Recipe> All { get; } = [ResNet34ToResNet18, ResNet50ToMobileNetV1];

        internal static Recipe Pair(string teacher, string student, double tau, PublishedAccuracy? published) => new()
        {
            Name = $"imagenet/{teacher}-{student}",
            Classes = 1000,
            Student = student,
            Mentors = [teacher],
            Epochs = 100,
            BatchSize = 512,
            LearningRate = new LearningRatePlan { Start = 0.1, Milestones = [30, 60, 90] },
            WeightDecay = 1e-4,
            Tau = tau,
            Published = published,
        };
    }
}
