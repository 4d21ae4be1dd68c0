using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Vision.Augmentation;

public sealed class RandomErasingTests
{
    private const int Side = 20;

    private static Tensor White(int count) => full([count, 3, Side, Side], 255, dtype: ScalarType.Byte);

    [Test]
    public void Hides_one_rectangle_of_about_half_the_images()
    {
        using var scope = NewDisposeScope();
        var erased = new RandomErasing(fill: 7).Apply(White(400), seed: 3);
        var hidden = erased.eq(7);
        erased.masked_select(hidden.logical_not()).unique().output.Doubles().Should().Equal(255);
        var touched = 0;
        for (var i = 0; i < 400; i++)
        {
            var mask = hidden[i];
            var area = mask[0].sum().item<long>();
            if (area == 0)
                continue;
            touched++;
            mask[0].Doubles().Should().Equal(mask[2].Doubles(), "all channels");
            (area / (double)(Side * Side)).Should().BeInRange(0.01, 0.45);
            (mask[0].any(0).sum().item<long>() * mask[0].any(1).sum().item<long>()).Should().Be(area, "a rectangle");
        }
        touched.Should().BeInRange(150, 240);
        erased.ShouldBeBitwiseEqual(new RandomErasing(fill: 7).Apply(White(400), seed: 3), "same seed");
        erased.Doubles().Should().NotEqual(new RandomErasing(fill: 7).Apply(White(400), seed: 4).Doubles());
    }

    [Test]
    public void Never_and_always_are_possible_and_nothing_is_left_behind()
    {
        using var white = White(16);
        var before = LiveTensors.Settled();
        new RandomErasing().Apply(white, 1).Dispose();
        Tensor.TotalCount.Should().Be(before);
        using (var scope = NewDisposeScope())
        {
            new RandomErasing(0).Apply(white, 1).ShouldBeBitwiseEqual(white, "probability 0");
            new RandomErasing(1, 0.1, 0.2).Apply(white, 1).ne(white).any(3).any(2).any(1).sum().item<long>().Should().Be(16);
        }
    }

    [TestCase(-0.1, 0.02, 0.4)]
    [TestCase(0.5, 0, 0.4)]
    [TestCase(0.5, 0.5, 0.4)]
    [TestCase(0.5, 0.02, 1.1)]
    [TestCase(double.NaN, 0.02, 0.4)]
    public void Refuses_figures_out_of_range(double probability, double least, double greatest) =>
        FluentActions.Invoking(() => new RandomErasing(probability, least, greatest)).Should().Throw<ArgumentOutOfRangeException>();
}
