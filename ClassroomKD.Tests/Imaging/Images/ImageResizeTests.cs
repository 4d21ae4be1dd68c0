using System.Text.Json;
using ClassroomKD.Imaging;

namespace ClassroomKD.Tests.Imaging.Images;

public sealed class ImageResizeTests
{
    /// <summary>Results of Pillow 9.4 on noise, which our tests' <see cref="TestImages.Noise"/> makes the same way.</summary>
    private static IEnumerable<TestCaseData> PillowCases()
    {
        using var golden = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Golden", "pillow-resize.json")));
        foreach (var each in golden.RootElement.GetProperty("cases").EnumerateArray())
        {
            int Number(string name) => each.GetProperty(name).GetInt32();
            int[] box = [.. each.GetProperty("box").EnumerateArray().Select(number => number.GetInt32())];
            var data = new TestCaseData(
                Number("width"), Number("height"), new ImageBox(box[0], box[1], box[2], box[3]), Number("toWidth"), Number("toHeight"),
                each.GetProperty("rgb").GetBytesFromBase64());
            yield return data.SetName(
                $"{{m}}({data.Arguments[0]}x{data.Arguments[1]}, {data.Arguments[2]}, {data.Arguments[3]}x{data.Arguments[4]})");
        }
    }

    [TestCaseSource(nameof(PillowCases))]
    public void Gives_the_bytes_that_Pillow_gives(int width, int height, ImageBox box, int toWidth, int toHeight, byte[] expected)
    {
        using var image = TestImages.Noise(width, height);
        using var resized = ImageResize.Crop(image, box, toWidth, toHeight);
        (resized.Width, resized.Height).Should().Be((toWidth, toHeight));
        TestImages.Rgb(resized).Should().Equal(expected);
    }

    [Test]
    public void The_same_size_is_the_same_image()
    {
        using var image = TestImages.Noise(21, 13);
        using var same = ImageResize.To(image, 21, 13);
        TestImages.Rgb(same).Should().Equal(TestImages.Rgb(image));
    }

    [Test]
    public void A_center_crop_is_what_resizing_and_cutting_out_gives() =>
        Gen.Select(Gen.Int[1, 90], Gen.Int[1, 90], Gen.Int[1, 50], Gen.Int[1, 50]).Sample((width, height, a, b) =>
        {
            var (shortSide, side) = (Math.Max(a, b), Math.Min(a, b));
            using var image = TestImages.Noise(width, height);
            using var cropped = ImageResize.CenterCrop(image, shortSide, side);
            var (toWidth, toHeight) = width <= height ? (shortSide, shortSide * height / width) : (shortSide * width / height, shortSide);
            using var whole = ImageResize.To(image, toWidth, toHeight);
            using var middle = ImageResize.Crop(whole, ImageBox.Centered(toWidth, toHeight, side, side), side, side);
            TestImages.Rgb(cropped).Should().Equal(TestImages.Rgb(middle));
        }, iter: 200);

    [Test]
    public void Extremes_stay_extremes()
    {
        using var image = new RgbImage(31, 17);
        image.Pixels.Fill(255);
        foreach (var (width, height) in new[] { (3, 5), (64, 40), (1, 1), (30, 18) })
        {
            using var resized = ImageResize.To(image, width, height);
            TestImages.Rgb(resized).Should().AllSatisfy(value => value.Should().Be(255));
        }
    }

    [Test]
    public void Refuses_a_box_outside_the_image()
    {
        using var image = TestImages.Noise(10, 8);
        foreach (var box in (ImageBox[])[new(-1, 0, 3, 3), new(8, 0, 3, 3), new(0, 6, 3, 3), new(0, 0, 0, 1), new(int.MaxValue, 0, 2, 1)])
            FluentActions.Invoking(() => ImageResize.Crop(image, box, 4, 4))
                .Should().Throw<ArgumentOutOfRangeException>().WithMessage("*10 x 8*");
        FluentActions.Invoking(() => ImageResize.To(image, 0, 4)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => ImageResize.CenterCrop(image, 4, 5)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
