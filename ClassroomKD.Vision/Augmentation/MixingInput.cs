using System.Runtime.CompilerServices;

namespace ClassroomKD.Vision;

/// <summary>Checks of the arguments of mixup and cutmix.</summary>
internal static class MixingInput
{
    public static double Positive(double value, [CallerArgumentExpression(nameof(value))] string name = "") =>
        double.IsFinite(value) && value > 0
            ? value
            : throw new ArgumentOutOfRangeException(name, value, "Expected a positive, finite number.");

    public static void Require(Tensor images, Tensor targets)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(targets);
        if (images.dim() != 4 || !images.is_floating_point())
            throw new ArgumentException(
                $"Expected floating-point images [B, C, H, W], found {images.dtype} [{string.Join(", ", images.shape)}]; does the " +
                "sampler normalize?", nameof(images));
        if (targets.dim() != 2 || !targets.is_floating_point() || targets.size(0) != images.size(0))
            throw new ArgumentException(
                $"Expected distributions [{images.size(0)}, classes], found {targets.dtype} [{string.Join(", ", targets.shape)}].",
                nameof(targets));
    }
}
