namespace ClassroomKD.Imaging;

/// <summary>Makes a batch tensor of images.</summary>
public static class ImageTensor
{
    /// <summary>Copies images of one size into one tensor.</summary>
    /// <param name="images">At least one; not disposed.</param>
    /// <param name="device">The device. Default null: the CPU. To a GPU the copy goes through pinned memory and is not waited for.</param>
    /// <returns>uint8 <c>[B, 3, H, W]</c>, in the caller's dispose scope.</returns>
    /// <exception cref="ArgumentException">There is no image, or sizes differ.</exception>
    public static Tensor Stack(IReadOnlyList<RgbImage> images, Device? device = null)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Count == 0)
            throw new ArgumentException("Expected at least one image, found none.", nameof(images));
        var (width, height) = (images[0].Width, images[0].Height);
        for (var i = 1; i < images.Count; i++)
            if (images[i].Width != width || images[i].Height != height)
                throw new ArgumentException(
                    $"Expected images of one size, found {width} x {height} (0) and {images[i].Width} x {images[i].Height} ({i}).",
                    nameof(images));

        var batch = empty([images.Count, RgbImage.Planes, height, width], ScalarType.Byte, CPU);
        var bytes = batch.bytes;
        var size = RgbImage.Planes * height * width;
        for (var i = 0; i < images.Count; i++)
            images[i].CopyPlanesTo(bytes.Slice(i * size, size));
        return DeviceTransfer.Send(batch, device);
    }
}
