using ClassroomKD.Imaging;
using SkiaSharp;

namespace ClassroomKD.Tests.Imaging.Images;

/// <summary>Images in memory and in files, made by formula.</summary>
internal static class TestImages
{
    public static RgbImage Noise(int width, int height)
    {
        var image = new RgbImage(width, height);
        var state = 12345u;
        for (var i = 0; i < image.Pixels.Length; i++)
        {
            if (i % 4 == 3)
                continue;
            state = (state * 1103515245 + 12345) & 0x7fffffff;
            image.Pixels[i] = (byte)(state >> 16);
        }
        return image;
    }

    /// <summary>Red, green, blue of every pixel.</summary>
    public static byte[] Rgb(RgbImage image)
    {
        var rgb = new byte[image.Width * image.Height * 3];
        for (var i = 0; i < rgb.Length; i++)
            rgb[i] = image.Pixels[i / 3 * 4 + i % 3];
        return rgb;
    }

    /// <summary>A smooth image, so that JPEG keeps it nearly; its top left quarter is of a color of its own.</summary>
    public static byte[] Encoded(SKEncodedImageFormat format, int width = 40, int height = 24, byte alpha = 255, int tone = 0)
    {
        using var bitmap = new SKBitmap(width, height, SKColorType.Rgba8888, alpha == 255 ? SKAlphaType.Opaque : SKAlphaType.Unpremul);
        for (var y = 0; y < height; y++)
            for (var x = 0; x < width; x++)
                bitmap.SetPixel(x, y, Color(x, y, width, height, tone).WithAlpha(alpha));
        using var data = bitmap.Encode(format, 95);
        return data.ToArray();
    }

    public static SKColor Color(int x, int y, int width, int height, int tone = 0) =>
        x < width / 2 && y < height / 2
            ? new SKColor(220, 40, (byte)tone)
            : new SKColor((byte)(4 * x % 256), 128, (byte)(255 - 2 * y % 256));

    /// <summary>A folder that lasts as long as a test.</summary>
    public sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("classroomkd-images-").FullName;

        public string Write(string name, byte[] content)
        {
            var path = System.IO.Path.Combine(Path, name);
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
            File.WriteAllBytes(path, content);
            return path;
        }

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
