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
}
