namespace ClassroomKD.Vision;

public static partial class Recipes
{
    /// <summary>The ClassroomKD paper's classes on CIFAR-100 (arXiv 2409.20237): a teacher and five peers.</summary>
    /// <remarks>
    /// They are those of <see cref="Cifar100"/>, but the learning rate first falls linearly from 0.05 to 0.01 over 120 epochs, for every
    /// student. Peers are networks of the same zoo, trained alone. The published accuracies are the benchmark's, with the teacher alone.
    /// </remarks>
    public static class Cifar100Classroom
    {
        private const string ResNet8 = "resnet8";
        private const string ResNet14 = "resnet14";
        private const string ResNet20 = "resnet20";
        private const string ShuffleNetV1 = "cifar_shufflenet_v1";
        private const string ShuffleNetV2 = "cifar_shufflenet_v2";
        private const string MobileNetV2 = "cifar_mobilenet_v2";

        /// <summary>WRN-40-2 and its peers teach WRN-16-2.</summary>
        public static Recipe Wrn40x2ToWrn16x2 { get; } =
            Class(Cifar100.Wrn40x2ToWrn16x2, ResNet8, ResNet14, ResNet20, MobileNetV2, ShuffleNetV2);

        /// <summary>WRN-40-2 and its peers teach WRN-40-1.</summary>
        public static Recipe Wrn40x2ToWrn40x1 { get; } =
            Class(Cifar100.Wrn40x2ToWrn40x1, ResNet8, ResNet14, ResNet20, MobileNetV2, ShuffleNetV2);

        /// <summary>ResNet-56 and its peers teach ResNet-20.</summary>
        public static Recipe ResNet56ToResNet20 { get; } =
            Class(Cifar100.ResNet56ToResNet20, ResNet8, ResNet14, ShuffleNetV2, MobileNetV2, ShuffleNetV1);

        /// <summary>ResNet-110 and its peers teach ResNet-20.</summary>
        public static Recipe ResNet110ToResNet20 { get; } =
            Class(Cifar100.ResNet110ToResNet20, ResNet8, ResNet14, ShuffleNetV2, MobileNetV2, ShuffleNetV1);

        /// <summary>ResNet-110 and its peers teach ResNet-32.</summary>
        public static Recipe ResNet110ToResNet32 { get; } =
            Class(Cifar100.ResNet110ToResNet32, ResNet8, ResNet14, ShuffleNetV2, MobileNetV2, ShuffleNetV1);

        /// <summary>VGG-13 and its peers teach VGG-8.</summary>
        public static Recipe Vgg13ToVgg8 { get; } =
            Class(Cifar100.Vgg13ToVgg8, ResNet8, ResNet14, ResNet20, ShuffleNetV1, ShuffleNetV2);

        /// <summary>VGG-13 and its peers teach MobileNetV2.</summary>
        public static Recipe Vgg13ToMobileNetV2 { get; } =
            Class(Cifar100.Vgg13ToMobileNetV2, ResNet8, ResNet14, ResNet20, ShuffleNetV1, ShuffleNetV2);

        /// <summary>ResNet-50 and its peers teach MobileNetV2.</summary>
        public static Recipe ResNet50ToMobileNetV2 { get; } =
            Class(Cifar100.ResNet50ToMobileNetV2, ResNet8, ResNet14, ResNet20, ShuffleNetV1, ShuffleNetV2);

        /// <summary>ResNet-32x4 and its peers teach ShuffleNetV1.</summary>
        public static Recipe ResNet32x4ToShuffleNetV1 { get; } =
            Class(Cifar100.ResNet32x4ToShuffleNetV1, ResNet8, ResNet14, ResNet20, MobileNetV2, ShuffleNetV2);

        /// <summary>ResNet-32x4 and its peers teach ShuffleNetV2.</summary>
        public static Recipe ResNet32x4ToShuffleNetV2 { get; } =
            Class(Cifar100.ResNet32x4ToShuffleNetV2, ResNet8, ResNet14, ResNet20, MobileNetV2, ShuffleNetV1);

        /// <summary>WRN-40-2 and its peers teach ShuffleNetV1.</summary>
        public static Recipe Wrn40x2ToShuffleNetV1 { get; } =
            Class(Cifar100.Wrn40x2ToShuffleNetV1, ResNet8, ResNet14, ResNet20, MobileNetV2, ShuffleNetV2);

        /// <summary>All of them.</summary>
        public static IReadOnlyList<Recipe> All { get; } =
        [
            Wrn40x2ToWrn16x2, Wrn40x2ToWrn40x1, ResNet56ToResNet20, ResNet110ToResNet20,
            ResNet110ToResNet32, Vgg13ToVgg8, Vgg13ToMobileNetV2, ResNet50ToMobileNetV2,
            ResNet32x4ToShuffleNetV1, ResNet32x4ToShuffleNetV2, Wrn40x2ToShuffleNetV1,
        ];

        private static Recipe Class(Recipe pair, params string[] peers) => pair with
        {
            Name = $"{pair.Name}-class",
            Mentors = [.. pair.Mentors, .. peers],
            LearningRate = new LearningRatePlan { Start = 0.05, End = 0.01, LinearEpochs = 120, Milestones = [150, 180, 210] },
        };
    }
}
