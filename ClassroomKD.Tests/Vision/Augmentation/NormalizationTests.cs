using ClassroomKD.Imaging;
using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Augmentation;

public sealed class NormalizationTests
{
    [Test]
    public void Its_own_data_set_gets_mean_zero_and_deviation_one()
    {
        using var scope = NewDisposeScope();
        using var data = ShapesAndTextures.Generate(1500, seed: 4);
        var normalized = data.MeasureNormalization().Apply(data.Images).to(ScalarType.Float64);
        for (var c = 0; c < 3; c++)
        {
            normalized.select(1, c).mean().item<double>().Should().BeApproximately(0, 1e-5);
            normalized.select(1, c).std(unbiased: false).item<double>().Should().BeApproximately(1, 1e-5);
        }
    }

    [Test]
    public void Is_the_usual_formula_channel_by_channel()
    {
        using var scope = NewDisposeScope();
        var images = randint(256, [2, 3, 4, 4]).to(ScalarType.Byte);
        var mean = tensor(Normalization.Cifar100.Mean.ToArray()).view(1, 3, 1, 1);
        var deviation = tensor(Normalization.Cifar100.StandardDeviation.ToArray()).view(1, 3, 1, 1);
        Normalization.Cifar100.Apply(images).ShouldEqual(
            (images.to(ScalarType.Float32) / 255 - mean) / deviation, 1e-5, "normalized", 1e-6);
    }

    [Test]
    public void Leaves_nothing_behind_but_its_result()
    {
        using var images = zeros([2, 3, 4, 4], ScalarType.Byte);
        var before = LiveTensors.Settled();
        using (Normalization.Cifar10.Apply(images))
            Tensor.TotalCount.Should().Be(before + 1);
    }

    [Test]
    public void Refuses_images_it_does_not_fit_and_figures_that_make_no_sense()
    {
        using var scope = NewDisposeScope();
        FluentActions.Invoking(() => Normalization.Cifar10.Apply(zeros([2, 1, 4, 4], ScalarType.Byte)))
            .Should().Throw<ArgumentException>().WithMessage("*uint8 [B, 3, H, W], found Byte [2, 1, 4, 4]*");
        FluentActions.Invoking(() => Normalization.Cifar10.Apply(zeros(2, 3, 4, 4)))
            .Should().Throw<ArgumentException>().WithMessage("*Float32*");
        var card = new ModelCard
        {
            NetworkName = "n", ClassNames = ["a"], InputSize = (1, 1), Mean = [0.5f, 0.25f], StandardDeviation = [0.125f, 2],
        };
        new Normalization(card.Mean, card.StandardDeviation).StandardDeviation.Should().Equal(0.125f, 2);
        FluentActions.Invoking(() => new Normalization([0.5f], [0.1f, 0.2f]))
            .Should().Throw<ArgumentException>().WithMessage("*found 1 and 2*");
        FluentActions.Invoking(() => new Normalization([0.5f], [0f])).Should().Throw<ArgumentException>().WithMessage("*positive*found 0*");
        FluentActions.Invoking(() => new Normalization([float.NaN], [1f])).Should().Throw<ArgumentException>().WithMessage("*finite*");
    }
}
