using System.Globalization;
using System.Text.Json;
using ClassroomKD.Tests.Imaging.Images;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Augmentation;

public sealed class RandAugmentTests : TensorFixture
{
    private const int Width = 30, Height = 22;
    private static readonly JsonElement Pillow = JsonDocument.Parse(
        File.ReadAllBytes(
            Path.Combine(AppContext.BaseDirectory, "Golden", "pillow-operations.json"))).RootElement.GetProperty("operations");

    private static IEnumerable<string> Operations => Pillow.EnumerateObject().Select(each => each.Name);

    private static Tensor Noise(int batch = 1)
    {
        using var image = TestImages.Noise(Width, Height);
        foreach (ref var value in image.Pixels)
            value = (byte)(value / 2 + 40);
        return image.ToTensor().unsqueeze(0).repeat(batch, 1, 1, 1);
    }

    private static int[] Pixels(Tensor image) =>
        [.. image.permute(1, 2, 0).contiguous().data<byte>().ToArray().Select(value => (int)value)];

    [TestCaseSource(nameof(Operations))]
    public void Does_what_Pillow_does(string operation)
    {
        int[] expected = [.. Pillow.GetProperty(operation).GetBytesFromBase64().Select(value => (int)value)];
        var words = operation.Split(' ');
        var strength = words.Length == 1 ? 0 : double.Parse(words[1], CultureInfo.InvariantCulture);
        var images = Noise();
        var factor = tensor((float)strength).view(1, 1, 1, 1);
        var result = words[0] switch
        {
            "equalize" => ToneOperations.Equalize(images),
            "autocontrast" => ToneOperations.AutoContrast(images),
            "posterize" => ToneOperations.Posterize(images, (int)strength),
            "solarize" => ToneOperations.Solarize(images, strength),
            "brightness" => ColorOperations.Brightness(images, factor),
            "color" => ColorOperations.Saturation(images, factor),
            "contrast" => ColorOperations.Contrast(images, factor),
            "sharpness" => ColorOperations.Sharpness(images, factor),
            _ => AffineSampling.Nearest(images, [PixelAffine.Of(Enum.Parse<RandAugmentOperation>(words[0]), strength, Width, Height)]),
        };
        result.dtype.Should().Be(ScalarType.Byte);
        int[] differences = [.. Pixels(result[0]).Zip(expected, (found, wanted) => Math.Abs(found - wanted))];
        switch (words[0])
        {
            case "brightness" or "color" or "contrast" or "sharpness":
                // Pillow rounds its gray, mean and smoothed image otherwise.
                differences.Max().Should().BeLessThanOrEqualTo(2);
                differences.Average().Should().BeLessThan(0.6);
                break;
            case "Rotate" or "ShearX" or "ShearY":
                // A position in the middle between two pixels may go either way.
                differences.Count(difference => difference != 0).Should().BeLessThan(differences.Length / 50);
                break;
            default:
                differences.Max().Should().Be(0);
                break;
        }
    }

    [Test]
    public void Each_image_gets_its_own_operations_and_the_seed_decides()
    {
        var images = Noise(64);
        var augmented = new RandAugment().Apply(images, 5);
        augmented.shape.Should().Equal(images.shape);
        augmented.dtype.Should().Be(ScalarType.Byte);
        augmented.ShouldBeBitwiseEqual(new RandAugment().Apply(images, 5), "same seed");
        augmented.Doubles().Should().NotEqual(new RandAugment().Apply(images, 6).Doubles());
        images.ShouldBeBitwiseEqual(Noise(64), "the input stays");
        Enumerable.Range(0, 64).Select(i => Convert.ToHexString(augmented[i].contiguous().bytes)).Distinct()
            .Should().HaveCountGreaterThan(40);
    }

    [Test]
    public void An_operation_touches_its_own_image_only()
    {
        var images = Noise(3);
        var augment = new RandAugment(1, 15);
        augment.ApplyLayer(
            images, [(RandAugmentOperation.Identity, 1), (RandAugmentOperation.Solarize, 1), (RandAugmentOperation.TranslateX, -1)]);
        images[0].ShouldBeBitwiseEqual(Noise()[0], "identity");
        images[1].ShouldBeBitwiseEqual(ToneOperations.Solarize(Noise(), 127.5)[0], "solarize");
        images[2].ShouldBeBitwiseEqual(AffineSampling.Nearest(Noise(), [new PixelAffine(1, 0, -6, 0, 1, 0)])[0], "30 x 150/331 / 2 = 6.8");
    }

    [Test]
    public void Gray_images_and_tiny_images_pass_through_every_operation()
    {
        foreach (var (channels, height, width) in new[] { (1, 5, 4), (3, 1, 1), (3, 2, 7) })
        {
            var images = randint(0, 256, [14, channels, height, width], ScalarType.Byte);
            for (var magnitude = 0; magnitude <= RandAugment.MaximumMagnitude; magnitude += 15)
            {
                var drawn = Enum.GetValues<RandAugmentOperation>().Select(operation => (operation, 1.0)).ToArray();
                new RandAugment(1, magnitude).ApplyLayer(images, drawn);
            }
        }
        FluentActions.Invoking(() => new RandAugment().Apply(zeros(1, 2, 4, 4, dtype: ScalarType.Byte), 1))
            .Should().Throw<ArgumentException>();
    }

    [Test]
    public void At_magnitude_0_only_tones_change()
    {
        var images = Noise(11);
        var still = Enum.GetValues<RandAugmentOperation>().Where(operation => operation < RandAugmentOperation.Posterize).ToArray();
        new RandAugment(1, 0).ApplyLayer(images, [.. still.Select(operation => (operation, 1.0)), (RandAugmentOperation.Posterize, 1)]);
        images.ShouldBeBitwiseEqual(Noise(11), "nothing has any strength");
    }

    [Test]
    public void Refuses_figures_out_of_range()
    {
        FluentActions.Invoking(() => new RandAugment(0)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("operations");
        FluentActions.Invoking(() => new RandAugment(2, 31)).Should().Throw<ArgumentOutOfRangeException>().WithParameterName("magnitude");
        FluentActions.Invoking(() => new RandAugment().Apply(Noise().to(ScalarType.Float32), 1))
            .Should().Throw<ArgumentException>().WithMessage("*uint8*Float32*");
    }
}
