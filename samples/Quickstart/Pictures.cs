using ClassroomKD.Imaging;
using ClassroomKD.Vision;
using static TorchSharp.torch;

namespace Quickstart;

/// <summary>Images of a data set as files.</summary>
internal static class Pictures
{
    private const int Enlarged = 3;

    /// <summary>An image as PNG, three times as large.</summary>
    public static byte[] ToPng(this ImageDataset data, int index)
    {
        using var scope = NewDisposeScope();
        var planes = data.Images[index].repeat_interleave(Enlarged, 1).repeat_interleave(Enlarged, 2);
        using var image = new RgbImage((int)planes.size(2), (int)planes.size(1));
        var pixels = image.Pixels;
        var channels = planes.permute(1, 2, 0).cpu().contiguous().data<byte>().ToArray();
        for (var i = 0; i < channels.Length; i++)
            pixels[i / RgbImage.Planes * RgbImage.BytesPerPixel + i % RgbImage.Planes] = channels[i];
        return image.ToPng();
    }
}
