using ClassroomKD.Imaging;
using ClassroomKD.Tests.Vision.Data;
using SkiaSharp;

namespace ClassroomKD.Tests.Imaging.Images;

public sealed class ImageDecoderTests
{
    private static readonly SKEncodedImageFormat[] Formats =
        [SKEncodedImageFormat.Jpeg, SKEncodedImageFormat.Png, SKEncodedImageFormat.Webp];

    private static (byte Red, byte Green, byte Blue) At(RgbImage image, int x, int y)
    {
        var pixel = image.Pixels.Slice((y * image.Width + x) * RgbImage.BytesPerPixel, 3);
        return (pixel[0], pixel[1], pixel[2]);
    }

    [TestCaseSource(nameof(Formats))]
    public void Reads_the_formats_of_the_field(SKEncodedImageFormat format)
    {
        using var folder = new TestImages.Folder();
        using var image = ImageDecoder.Default.Decode(folder.Write("some.image", TestImages.Encoded(format)));
        (image.Width, image.Height, image.OriginalWidth, image.OriginalHeight).Should().Be((40, 24, 40, 24));
        foreach (var (x, y) in new[] { (4, 4), (15, 8), (30, 4), (8, 20), (36, 20) })
        {
            var (expected, found) = (TestImages.Color(x, y, 40, 24), At(image, x, y));
            var tolerance = format == SKEncodedImageFormat.Png ? 0 : 14;
            Math.Abs(found.Red - expected.Red).Should().BeLessThanOrEqualTo(tolerance);
            Math.Abs(found.Green - expected.Green).Should().BeLessThanOrEqualTo(tolerance);
            Math.Abs(found.Blue - expected.Blue).Should().BeLessThanOrEqualTo(tolerance);
        }
    }

    [Test]
    public void Gray_becomes_color()
    {
        using var bitmap = new SKBitmap(6, 5, SKColorType.Gray8, SKAlphaType.Opaque);
        bitmap.Erase(new SKColor(77, 77, 77));
        using var data = bitmap.Encode(SKEncodedImageFormat.Png, 100);
        using var image = ImageDecoder.Default.Decode(data.ToArray(), "gray");
        TestImages.Rgb(image).Should().AllSatisfy(value => value.Should().Be(77));
    }

    [Test]
    public void Transparency_leaves_the_stored_color()
    {
        using var image = ImageDecoder.Default.Decode(TestImages.Encoded(SKEncodedImageFormat.Png, alpha: 128), "transparent");
        At(image, 2, 2).Should().Be(((byte)220, (byte)40, (byte)0));
    }

    [Test]
    public void Planes_are_the_pixels_in_another_order()
    {
        using var scope = NewDisposeScope();
        foreach (var (width, height) in new[] { (1, 1), (3, 1), (5, 7), (16, 2) })
        {
            using var image = TestImages.Noise(width, height);
            var planes = image.ToTensor();
            planes.shape.Should().Equal(3, height, width);
            planes.permute(1, 2, 0).contiguous().data<byte>().ToArray().Should().Equal(TestImages.Rgb(image));
        }
    }

    [Test]
    public void Images_of_one_size_make_a_batch()
    {
        using var scope = NewDisposeScope();
        using var one = TestImages.Noise(5, 4);
        using var other = ImageDecoder.Default.Decode(TestImages.Encoded(SKEncodedImageFormat.Png, 5, 4), "other");
        var batch = ImageTensor.Stack([one, other], CPU);
        batch.shape.Should().Equal(2, 3, 4, 5);
        batch[1].ShouldBeBitwiseEqual(other.ToTensor(), "second image");
        using var odd = TestImages.Noise(4, 5);
        FluentActions.Invoking(() => ImageTensor.Stack([one, odd]))
            .Should().Throw<ArgumentException>().WithMessage("*5 x 4 (0)*4 x 5 (1)*");
    }

    [Test]
    public void Orientation_is_left_alone_unless_asked_for([Range(1, 8)] int orientation)
    {
        var photograph = WithOrientation(TestImages.Encoded(SKEncodedImageFormat.Jpeg), orientation);
        using var stored = ImageDecoder.Default.Decode(photograph, "photograph");
        (stored.Width, stored.Height).Should().Be((40, 24));
        using var upright = new ImageDecoder(new() { ApplyOrientation = true }).Decode(photograph, "photograph");
        (upright.Width, upright.Height).Should().Be(orientation >= 5 ? (24, 40) : (40, 24));
        (upright.OriginalWidth, upright.OriginalHeight).Should().Be((upright.Width, upright.Height));
        // EXIF 2.3, tag 0x0112: where the stored top left corner lies in the upright image.
        var (right, bottom) = orientation switch
        {
            1 => (false, false),
            2 => (true, false),
            3 => (true, true),
            4 => (false, true),
            5 => (false, false),
            6 => (true, false),
            7 => (true, true),
            _ => (false, true),
        };
        At(upright, right ? upright.Width - 4 : 3, bottom ? upright.Height - 4 : 3).Should().Be(At(stored, 3, 3));
        // Along the stored first row.
        var along = orientation >= 5
            ? At(upright, right ? upright.Width - 4 : 3, bottom ? upright.Height - 36 : 35)
            : At(upright, right ? upright.Width - 36 : 35, bottom ? upright.Height - 4 : 3);
        along.Should().Be(At(stored, 35, 3));
    }

    [TestCaseSource(nameof(Formats))]
    public void A_part_is_what_cutting_it_out_gives(SKEncodedImageFormat format)
    {
        using var folder = new TestImages.Folder();
        var path = folder.Write("some.image", WithOrientation(TestImages.Encoded(format, 61, 47), 6, format));
        foreach (var decoder in new[] { ImageDecoder.Default, new ImageDecoder(new() { ApplyOrientation = true, ShortSideAtLeast = 8 }) })
        {
            using var image = decoder.Open(path);
            using var whole = new ImageDecoder(new() { ApplyOrientation = decoder != ImageDecoder.Default }).Decode(path);
            (image.Width, image.Height).Should().Be((whole.Width, whole.Height));
            Gen.Select(Gen.Int[0, image.Width - 1], Gen.Int[0, image.Height - 1], Gen.Int[1, 61], Gen.Int[1, 61]).Sample(
                (x, y, width, height) =>
            {
                var region = new ImageBox(x, y, Math.Min(width, image.Width - x), Math.Min(height, image.Height - y));
                using var part = image.Decode(region);
                using var cut = whole.Cut(region);
                TestImages.Rgb(part).AsSpan().SequenceEqual(TestImages.Rgb(cut)).Should().BeTrue($"{region} is the same part");
                using var resized = image.DecodeResized(region, 9, 7);
                using var afterwards = ImageResize.Crop(whole, region, 9, 7);
                TestImages.Rgb(resized).AsSpan().SequenceEqual(TestImages.Rgb(afterwards))
                    .Should().BeTrue($"{region} is the same part, resized");
            }, iter: 2000, threads: 1);
        }
    }

    [Test]
    public void A_part_beyond_the_image_or_the_end_of_the_file_is_refused()
    {
        using var folder = new TestImages.Folder();
        var whole = TestImages.Encoded(SKEncodedImageFormat.Jpeg, 64, 64);
        using var image = ImageDecoder.Default.Open(folder.Write("whole.jpg", whole));
        FluentActions.Invoking(() => image.Decode(new ImageBox(60, 0, 5, 5)))
            .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*64 x 64 pixels of *whole.jpg*");
        using var cut = ImageDecoder.Default.Open(folder.Write("cut.jpg", whole[..^(whole.Length / 3)]));
        FluentActions.Invoking(() => cut.Decode(new ImageBox(0, 50, 60, 14)))
            .Should().Throw<ImageException>().WithMessage("*cut.jpg: the Jpeg image ends early*");
        FluentActions.Invoking(() => cut.Decode(new ImageBox(0, 60, 60, 4)))
            .Should().Throw<ImageException>().WithMessage("*cut.jpg: the Jpeg image ends early*");
    }

    [Test]
    public void A_JPEG_can_be_decoded_smaller()
    {
        var bytes = TestImages.Encoded(SKEncodedImageFormat.Jpeg, 160, 96);
        using var half = new ImageDecoder(new() { ShortSideAtLeast = 48 }).Decode(bytes, "jpeg");
        (half.Width, half.Height, half.OriginalWidth, half.OriginalHeight).Should().Be((80, 48, 160, 96));
        using var full = new ImageDecoder(new() { ShortSideAtLeast = 49 }).Decode(bytes, "jpeg");
        full.Width.Should().Be(160);
        using var eighth = new ImageDecoder(new() { ShortSideAtLeast = 1 }).Decode(bytes, "jpeg");
        (eighth.Width, eighth.Height).Should().Be((20, 12));
    }

    [Test]
    public void Broken_files_are_named_with_the_reason()
    {
        using var folder = new TestImages.Folder();
        var jpeg = TestImages.Encoded(SKEncodedImageFormat.Jpeg, 64, 64);
        void Refused(string path, string reason) =>
            FluentActions.Invoking(() => ImageDecoder.Default.Decode(path)).Should().Throw<ImageException>()
                .WithMessage($"{path}: {reason}").Which.ImageName.Should().Be(path);
        Refused(Path.Combine(folder.Path, "missing.jpg"), "there is no such file.");
        Refused(folder.Path, "*");
        Refused(folder.Write("empty.jpg", []), "the file is empty; expected a JPEG, PNG*");
        Refused(folder.Write("text.jpg", "<html>not found"u8.ToArray()), "expected a JPEG, PNG*found 15 bytes that start with " +
            "3C68746D6C3E6E6F.");
        Refused(folder.Write("cut.jpg", jpeg[..^(jpeg.Length / 3)]), "the Jpeg image ends early, after * bytes.");
        foreach (var format in Formats)
        {
            var whole = TestImages.Encoded(format, 64, 64);
            Refused(folder.Write("half", whole[..(whole.Length / 2)]), "*");
        }
    }

    [Test]
    public void A_claim_of_too_many_pixels_is_refused_before_memory_is_taken()
    {
        var decoder = new ImageDecoder(new() { MaximumPixels = 959 });
        FluentActions.Invoking(() => decoder.Decode(TestImages.Encoded(SKEncodedImageFormat.Png), "bomb"))
            .Should().Throw<ImageException>().WithMessage("bomb: expected at most 959 pixels, found 40 x 24.");
        // A PNG header of 30,000 x 30,000 pixels with nothing behind it.
        var png = TestImages.Encoded(SKEncodedImageFormat.Png);
        (png[18], png[19], png[22], png[23]) = (0x75, 0x30, 0x75, 0x30);
        FluentActions.Invoking(() => ImageDecoder.Default.Decode(png, "bomb")).Should().Throw<ImageException>();
    }

    [TestCaseSource(nameof(Formats))]
    public void Damaged_bytes_give_an_image_or_an_exception(SKEncodedImageFormat format)
    {
        var decoder = new ImageDecoder(new() { MaximumPixels = 1 << 20 });
        using var folder = new TestImages.Folder();
        var whole = TestImages.Encoded(format);
        Gen.Select(Gen.Int[0, Math.Min(whole.Length, 200) - 1], Gen.Byte, Gen.Int[0, whole.Length - 1], Gen.Byte, Gen.Int[1, whole.Length])
            .Sample((a, x, b, y, length) =>
        {
            var damaged = whole[..length];
            damaged[a % length] = x;
            damaged[b % length] = y;
            try
            {
                using (var image = decoder.Decode(damaged, "damaged"))
                    _ = TestImages.Rgb(image);
                using var opened = decoder.Open(folder.Write($"damaged-{Environment.CurrentManagedThreadId}", damaged));
                using var part = opened.Decode(
                    new ImageBox(opened.Width / 3, opened.Height / 3, (opened.Width + 2) / 3, (opened.Height + 2) / 3));
            }
            catch (ImageException)
            {
            }
        }, iter: 2000);
    }

    [Test]
    public void Real_photographs_are_read()
    {
        foreach (var path in Directory.GetFiles(RealData.Folder("coco-mini/train2017")).Take(8))
        {
            using var image = ImageDecoder.Default.Decode(path);
            using var opened = ImageDecoder.Default.Open(path);
            (opened.Width, opened.Height, opened.Name).Should().Be((image.Width, image.Height, path));
            var region = new ImageBox(image.Width / 5, image.Height / 3, image.Width / 2, image.Height / 2);
            using var part = opened.Decode(region);
            using var cut = image.Cut(region);
            TestImages.Rgb(part).Should().Equal(TestImages.Rgb(cut));
            TestImages.Rgb(image).Distinct().Should().HaveCountGreaterThan(100);
        }
    }

    /// <summary>Puts an EXIF segment with one tag behind the start of a JPEG.</summary>
    internal static byte[] WithOrientation(byte[] jpeg, int orientation, SKEncodedImageFormat format = SKEncodedImageFormat.Jpeg)
    {
        if (format != SKEncodedImageFormat.Jpeg)
            return jpeg;
        byte[] exif =
        [
            0xFF, 0xE1, 0x00, 0x22, .. "Exif\0\0"u8, .. "MM"u8, 0x00, 0x2A, 0x00, 0x00, 0x00, 0x08,
            0x00, 0x01, 0x01, 0x12, 0x00, 0x03, 0x00, 0x00, 0x00, 0x01, 0x00, (byte)orientation, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,
        ];
        return [.. jpeg[..2], .. exif, .. jpeg[2..]];
    }
}
