namespace ClassroomKD.Vision;

public static partial class Recipes
{
    /// <summary>The pairs of the CRD benchmark (Tian et al., ICLR 2020, tables 1 and 2).</summary>
    /// <remarks>
    /// 240 epochs, batches of 64, weight decay 5e-4, learning rate 0.05 (0.01 for MobileNet and ShuffleNet) times 0.1 at 150, 180 and 210;
    /// tau 12, the ClassroomKD paper's. The published accuracies are the benchmark's.
    /// </remarks>
    public static class Cifar100
    {
        /// <summary>WRN-40-2 teaches WRN-16-2.</summary>
        public static Recipe Wrn40x2ToWrn16x2 { get; } = Pair("wrn_40_2", "wrn_16_2", new(75.61, 73.26, 74.92));

        /// <summary>WRN-40-2 teaches WRN-40-1.</summary>
        public static Recipe Wrn40x2ToWrn40x1 { get; } = Pair("wrn_40_2", "wrn_40_1", new(75.61, 71.98, 73.54));

        /// <summary>ResNet-56 teaches ResNet-20.</summary>
        public static Recipe ResNet56ToResNet20 { get; } = Pair("resnet56", "resnet20", new(72.34, 69.06, 70.66));

        /// <summary>ResNet-110 teaches ResNet-20.</summary>
        public static Recipe ResNet110ToResNet20 { get; } = Pair("resnet110", "resnet20", new(74.31, 69.06, 70.67));

        /// <summary>ResNet-110 teaches ResNet-32.</summary>
        public static Recipe ResNet110ToResNet32 { get; } = Pair("resnet110", "resnet32", new(74.31, 71.14, 73.08));

        /// <summary>ResNet-32x4 teaches ResNet-8x4.</summary>
        public static Recipe ResNet32x4ToResNet8x4 { get; } = Pair("resnet32x4", "resnet8x4", new(79.42, 72.50, 73.33));

        /// <summary>VGG-13 teaches VGG-8.</summary>
        public static Recipe Vgg13ToVgg8 { get; } = Pair("vgg13", "vgg8", new(74.64, 70.36, 72.98));

        /// <summary>VGG-13 teaches MobileNetV2.</summary>
        public static Recipe Vgg13ToMobileNetV2 { get; } = Pair("vgg13", "cifar_mobilenet_v2", new(74.64, 64.60, 67.37));

        /// <summary>ResNet-50 teaches MobileNetV2.</summary>
        public static Recipe ResNet50ToMobileNetV2 { get; } = Pair("cifar_resnet50", "cifar_mobilenet_v2", new(79.34, 64.60, 67.35));

        /// <summary>ResNet-50 teaches VGG-8.</summary>
        public static Recipe ResNet50ToVgg8 { get; } = Pair("cifar_resnet50", "vgg8", new(79.34, 70.36, 73.81));

        /// <summary>ResNet-32x4 teaches ShuffleNetV1.</summary>
        public static Recipe ResNet32x4ToShuffleNetV1 { get; } = Pair("resnet32x4", "cifar_shufflenet_v1", new(79.42, 70.50, 74.07));

        /// <summary>ResNet-32x4 teaches ShuffleNetV2.</summary>
        public static Recipe ResNet32x4ToShuffleNetV2 { get; } = Pair("resnet32x4", "cifar_shufflenet_v2", new(79.42, 71.82, 74.45));

        /// <summary>WRN-40-2 teaches ShuffleNetV1.</summary>
        public static Recipe Wrn40x2ToShuffleNetV1 { get; } = Pair("wrn_40_2", "cifar_shufflenet_v1", new(75.61, 70.50, 74.83));

        /// <summary>All of them.</summary>
        public static IReadOnlyList<Recipe> All { get; } =
        [
            Wrn40x2ToWrn16x2, Wrn40x2ToWrn40x1, ResNet56ToResNet20, ResNet110ToResNet20,
            ResNet110ToResNet32, ResNet32x4ToResNet8x4, Vgg13ToVgg8, Vgg13ToMobileNetV2,
            ResNet50ToMobileNetV2, ResNet50ToVgg8, ResNet32x4ToShuffleNetV1, ResNet32x4ToShuffleNetV2,
            Wrn40x2ToShuffleNetV1,
        ];

        private static Recipe Pair(string teacher, string student, PublishedAccuracy published) => new()
        {
            Name = $"cifar100/{teacher}-{student}",
            Classes = 100,
            Student = student,
            Mentors = [teacher],
            Epochs = 240,
            BatchSize = 64,
            LearningRate = new LearningRatePlan
            {
                Start = student is "cifar_mobilenet_v2" or "cifar_shufflenet_v1" or "cifar_shufflenet_v2" ? 0.01 : 0.05,
                Milestones = [150, 180, 210],
            },
            WeightDecay = 5e-4,
            Tau = 12,
            Published = published,
        };
    }
}
