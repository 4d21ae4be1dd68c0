namespace ClassroomKD.Vision;

public static partial class Recipes
{
    /// <summary>The ClassroomKD paper's classes on ImageNet (arXiv 2409.20237): a teacher and four peers with published weights.</summary>
    /// <remarks>As <see cref="ImageNet"/>; tau is 4, and 8 for MobileNetV2.</remarks>
    public static class ImageNetClassroom
    {
        /// <summary>ResNet-34 and its peers teach ResNet-18.</summary>
        public static Recipe ResNet34ToResNet18 { get; } = Class(
            ImageNet.ResNet34ToResNet18, "torchvision:googlenet", "mobilenet_v2", "torchvision:regnet_x_400mf",
            "timm:tf_mobilenetv3_large_minimal_100");

        /// <summary>ResNet-50 and its peers teach MobileNetV1.</summary>
        public static Recipe ResNet50ToMobileNetV1 { get; } = Class(
            ImageNet.ResNet50ToMobileNetV1, "torchvision:googlenet", "mobilenet_v2", "torchvision:regnet_x_400mf",
            "torchvision:densenet169");

        /// <summary>EfficientNet-B3 and its peers teach MobileNetV2.</summary>
        public static Recipe EfficientNetB3ToMobileNetV2 { get; } = Class(
            ImageNet.Pair("efficientnet_b3", "mobilenet_v2", 8, new(82.01, 71.88, null)),
            "torchvision:squeezenet1_1", "mobilenet_v2", "timm:regnety_320", "timm:regnety_016");

        /// <summary>All of them.</summary>
        public static IReadOnlyList<Recipe> All { get; } = [ResNet34ToResNet18, ResNet50ToMobileNetV1, EfficientNetB3ToMobileNetV2];

        private static Recipe Class(Recipe pair, params string[] peers) =>
            pair with { Name = $"{pair.Name}-class", Mentors = [.. pair.Mentors, .. peers] };
    }
}
