using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Augmentation;

public sealed class RandomCropFlipTests : TensorFixture
{
    [Test]
    public void Gives_every_crop_and_mirror_image_and_nothing_else_equally_often()
    {
        const int Padding = 2, Batch = 20_000;
        var image = arange(1, 41, ScalarType.Byte).view(1, 2, 4, 5);
        var padded = nn.functional.pad(image, (Padding, Padding, Padding, Padding));
        var counts = new Dictionary<string, int>();
        for (var y = 0; y <= 2 * Padding; y++)
        {
            for (var x = 0; x <= 2 * Padding; x++)
            {
                var crop = padded.narrow(2, y, 4).narrow(3, x, 5);
                counts[Key(crop)] = 0;
                counts[Key(crop.flip(3))] = 0;
            }
        }
        counts.Should().HaveCount(50, "all crops of this image differ");

        var batch = new RandomCropFlip(Padding).Apply(image.expand(Batch, 2, 4, 5), seed: 5);
        batch.shape.Should().Equal(Batch, 2, 4, 5);
        batch.dtype.Should().Be(ScalarType.Byte);
        var bytes = batch.bytes;
        for (var sample = 0; sample < Batch; sample++)
            counts[Convert.ToHexString(bytes.Slice(sample * 40, 40))]++;

        // 400 expected each with a deviation of 20; chi-square with 49 degrees of freedom, 99.9th percentile 85.
        counts.Values.Sum().Should().Be(Batch, "nothing but these crops came");
        counts.Values.Sum(count => (count - 400.0) * (count - 400.0) / 400).Should().BeLessThan(85);
    }

    [Test]
    public void Without_padding_and_flip_nothing_changes()
    {
        var images = rand(3, 3, 8, 8);
        new RandomCropFlip(0, flip: false).Apply(images, seed: 1).ShouldBeBitwiseEqual(images, "the only crop");
    }

    [Test]
    public void Without_flip_rows_keep_their_direction()
    {
        var images = arange(1, 9, ScalarType.Byte).view(1, 1, 1, 8).expand(500, 1, 8, 8);
        var crops = new RandomCropFlip(2, flip: false).Apply(images, seed: 1).to(ScalarType.Int64);
        var rising = crops.narrow(3, 4, 1).sub(crops.narrow(3, 3, 1));
        rising.lt(0).any().item<bool>().Should().BeFalse();
    }

    [Test]
    public void Is_a_function_of_the_seed()
    {
        var images = rand(16, 3, 8, 8);
        var augmentation = new RandomCropFlip();
        var first = augmentation.Apply(images, seed: 8);
        manual_seed(1);
        first.ShouldBeBitwiseEqual(augmentation.Apply(images, seed: 8), "the same seed");
        first.Doubles().Should().NotEqual(augmentation.Apply(images, seed: 9).Doubles());
    }

    [Test]
    public void Padding_is_black_before_normalization()
    {
        var images = full([200, 3, 4, 4], 255, ScalarType.Byte);
        var crops = Normalization.Cifar10.Apply(new RandomCropFlip(4).Apply(images, seed: 1));
        var black = -Normalization.Cifar10.Mean[0] / Normalization.Cifar10.StandardDeviation[0];
        crops.select(1, 0).min().item<float>().Should().BeApproximately(black, 1e-5f);
    }

    [Test]
    public void Stays_on_the_device_of_the_images()
    {
        // The meta device computes shapes only: an operation with a tensor of another device fails there.
        var images = empty([4, 3, 8, 8], ScalarType.Byte, new Device(DeviceType.META));
        var crops = new RandomCropFlip(4).Apply(images, seed: 1);
        crops.device_type.Should().Be(DeviceType.META);
        Normalization.Cifar10.Apply(crops).device_type.Should().Be(DeviceType.META);
    }

    [Test]
    public void Leaves_nothing_behind_but_its_result()
    {
        var images = rand(4, 3, 8, 8);
        var before = LiveTensors.Settled();
        using (new RandomCropFlip().Apply(images, seed: 1))
            Tensor.TotalCount.Should().Be(before + 1);
    }

    [Test]
    public void Refuses_what_is_no_batch_of_images()
    {
        FluentActions.Invoking(() => new RandomCropFlip().Apply(zeros(3, 8, 8), 1))
            .Should().Throw<ArgumentException>().WithMessage("*[B, C, H, W], found [3, 8, 8]*");
        FluentActions.Invoking(() => new RandomCropFlip(-1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    private static string Key(Tensor crop) => Convert.ToHexString(crop.contiguous().bytes);
}
