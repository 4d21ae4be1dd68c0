using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Data;

public sealed class ImageDatasetTests : TensorFixture
{
    [Test]
    public void Outlives_the_scope_it_was_made_in()
    {
        ImageDataset data;
        using (NewDisposeScope())
            data = Images.Numbered(5);
        using (data)
            data.Labels.sum().item<long>().Should().Be(10);
    }

    [Test]
    public void Moving_to_where_it_is_changes_nothing()
    {
        using var data = Images.Numbered(5);
        data.MoveTo(CPU).Should().BeSameAs(data);
        Images.Numbers(data.Images).Should().Equal(0, 1, 2, 3, 4);
    }

    [Test]
    public void Moves_without_leaving_anything_behind()
    {
        var before = LiveTensors.Settled();
        using (var data = Images.Numbered(5))
        {
            data.MoveTo(new Device(DeviceType.META)).Images.device_type.Should().Be(DeviceType.META);
            data.Labels.device_type.Should().Be(DeviceType.META);
            Tensor.TotalCount.Should().Be(before + 2);
        }
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Parts_are_copies_that_together_hold_every_image_once()
    {
        using var data = Images.Numbered(20);
        var (training, validation) = data.Split(0.8, seed: 5);
        using (training)
        using (validation)
        {
            int[] first = Images.Numbers(training.Images), second = Images.Numbers(validation.Images);
            (first.Length, second.Length).Should().Be((16, 4));
            first.Concat(second).Should().BeEquivalentTo(Enumerable.Range(0, 20));
            first.Should().BeInAscendingOrder().And.NotEqual(Enumerable.Range(0, 16));
            training.Labels.data<long>().ToArray().Should().Equal(first.Select(number => (long)(number % 10)));
            validation.ClassNames.Should().Equal(data.ClassNames);
            validation.Images.fill_(Scalars.Zero);
            Images.Numbers(data.Images).Should().Equal(Enumerable.Range(0, 20), "the parts are copies");
            var (again, rest) = data.Split(0.8, seed: 5);
            using (again)
            using (rest)
                Images.Numbers(again.Images).Should().Equal(first);
        }
        using var three = data.Take(3);
        Images.Numbers(three.Images).Should().Equal(0, 1, 2);
        foreach (var share in new[] { 0, 1, 0.001, 0.999, double.NaN, -0.5 })
            data.Invoking(d => d.Split(share)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*share of 20*");
        data.Invoking(d => d.Take(0)).Should().Throw<ArgumentOutOfRangeException>();
        data.Invoking(d => d.Take(21)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Parts_leave_nothing_behind()
    {
        var before = LiveTensors.Settled();
        using (var data = Images.Numbered(20))
        {
            var (first, second) = data.Split(0.5);
            using var one = data.Take(1);
            Tensor.TotalCount.Should().Be(before + 8);
            first.Dispose();
            second.Dispose();
        }
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void Refuses_tensors_of_another_form()
    {
        var images = zeros([2, 3, 4, 4], ScalarType.Byte);
        var labels = zeros(2, ScalarType.Int64);
        FluentActions.Invoking(() => new ImageDataset(images.to(ScalarType.Float32), labels, ["a"]))
            .Should().Throw<ArgumentException>().WithMessage("*uint8 [N, C, H, W]*Float32 [2, 3, 4, 4]*");
        FluentActions.Invoking(() => new ImageDataset(images, zeros(3, ScalarType.Int64), ["a"]))
            .Should().Throw<ArgumentException>().WithMessage("*int64 [2]*Int64 [3]*");
        FluentActions.Invoking(() => new ImageDataset(images, tensor([0L, 1L]), ["a"]))
            .Should().Throw<ArgumentException>().WithMessage("*labels 0..0, found 0..1*");
        FluentActions.Invoking(() => new ImageDataset(zeros([0, 3, 4, 4], ScalarType.Byte), zeros(0, ScalarType.Int64), ["a"]))
            .Should().Throw<ArgumentException>().WithMessage("*N > 0*");
    }

    [Test]
    public void An_image_is_read_to_be_looked_at([Values(1, 3)] int channels)
    {
        using var data = new ImageDataset(
            torch.arange(40 * channels, dtype: ScalarType.Byte).reshape(2, channels, 5, 4), zeros(2, dtype: ScalarType.Int64), ["a"]);
        using var image = data.ReadImage(1);
        using var again = ClassroomKD.Imaging.ImageDecoder.Default.Decode(image.ToPng(), "png");

        using var expected = data.Images[1].expand(3, 5, 4).contiguous();
        again.ToTensor().bytes.ToArray().Should().Equal(expected.bytes.ToArray());
        FluentActions.Invoking(() => data.ReadImage(2)).Should().Throw<ArgumentOutOfRangeException>();
    }
}
