namespace ClassroomKD.Vision;

/// <summary>The images that augmentations before normalization take.</summary>
internal static class RawImages
{
    public static void Require(Tensor images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.dtype != ScalarType.Byte || images.dim() != 4)
            throw new ArgumentException(
                $"Expected images uint8 [B, C, H, W], found {images.dtype} [{string.Join(", ", images.shape)}].", nameof(images));
    }
}
