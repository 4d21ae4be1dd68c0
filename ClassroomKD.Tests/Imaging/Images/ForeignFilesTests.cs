using System.Text.Json;
using ClassroomKD.Imaging;

namespace ClassroomKD.Tests.Imaging.Images;

/// <summary>Files as other programs write them, and as they are left when the end is lost, against Pillow's pixels.</summary>
public sealed class ForeignFilesTests
{
    private static readonly TestCaseData[] Files = Read("");

    private static readonly TestCaseData[] Jpegs = Read("jpeg");

    [TestCaseSource(nameof(Files))]
    public void Have_the_pixels_that_Pillow_gives(byte[] file, int width, int height, byte[] rgb)
    {
        using var folder = new TestImages.Folder();
        using var fromMemory = ImageDecoder.Default.Decode(file, "memory");
        using var fromFile = ImageDecoder.Default.Decode(folder.Write("file", file));
        foreach (var image in new[] { fromMemory, fromFile })
        {
            (image.Width, image.Height).Should().Be((width, height));
            TestImages.Rgb(image).Should().Equal(rgb);
        }
        using var opened = ImageDecoder.Default.Open(folder.Write("file", file));
        using var part = opened.Decode(new ImageBox(1, 1, width - 2, height - 2));
        using var cut = fromMemory.Cut(new ImageBox(1, 1, width - 2, height - 2));
        TestImages.Rgb(part).Should().Equal(TestImages.Rgb(cut));
    }

    [TestCaseSource(nameof(Jpegs))]
    public void A_JPEG_without_its_end_mark_is_whole(byte[] file, int width, int height, byte[] rgb)
    {
        file[^2..].Should().Equal(0xFF, 0xD9);
        using var folder = new TestImages.Folder();
        foreach (var lost in new[] { 1, 2 })
        {
            using var image = ImageDecoder.Default.Decode(file.AsSpan()[..^lost], "unended");
            TestImages.Rgb(image).Should().Equal(rgb, $"{lost} bytes are lost");
            using var opened = ImageDecoder.Default.Open(folder.Write("unended.jpg", file[..^lost]));
            using var bottom = opened.Decode(new ImageBox(3, height - 9, width - 5, 9));
            using var cut = image.Cut(new ImageBox(3, height - 9, width - 5, 9));
            TestImages.Rgb(bottom).Should().Equal(TestImages.Rgb(cut));
        }
        // What copying programs append.
        using var filled = ImageDecoder.Default.Decode([.. file[..^2], 0, 0, 0], "filled");
        TestImages.Rgb(filled).Should().Equal(rgb);
    }

    [TestCaseSource(nameof(Jpegs))]
    public void A_JPEG_that_is_cut_is_refused(byte[] file, int width, int height, byte[] rgb)
    {
        var accepted = 0;
        for (var length = 1; length < file.Length - 2; length++)
        {
            try
            {
                using var image = ImageDecoder.Default.Decode(file.AsSpan(0, length), "cut");
                // The last byte may hold nothing but filling bits.
                TestImages.Rgb(image).Should().Equal(rgb, $"{length} of {file.Length} bytes were taken for whole");
                accepted++;
            }
            catch (ImageException exception)
            {
                exception.Message.Should().Contain("cut");
            }
        }
        TestContext.Out.WriteLine($"{accepted} of {file.Length - 3} cuts of a {width} x {height} image changed no pixel");
        accepted.Should().BeLessThanOrEqualTo(2);
    }

    private static TestCaseData[] Read(string kind)
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "pillow-images.json")));
        return [.. golden.RootElement.GetProperty("cases").EnumerateArray().Select(Case).OfType<TestCaseData>()];

        TestCaseData? Case(JsonElement each)
        {
            byte[] Bytes(string name) => each.GetProperty(name).GetBytesFromBase64();
            int Number(string name) => each.GetProperty(name).GetInt32();
            var name = each.GetProperty("name").GetString()!;
            return name.StartsWith(kind, StringComparison.Ordinal)
                ? new TestCaseData(Bytes("file"), Number("width"), Number("height"), Bytes("rgb")).SetArgDisplayNames(name)
                : null;
        }
    }
}
