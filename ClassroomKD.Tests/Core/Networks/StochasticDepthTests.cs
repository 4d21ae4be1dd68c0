using ClassroomKD.Networks;

namespace ClassroomKD.Tests.Core.Networks;

public sealed class StochasticDepthTests
{
    [Test]
    public void Leaves_out_whole_samples_and_keeps_the_mean()
    {
        using var scope = NewDisposeScope();
        using var layer = new StochasticDepth(0.25);
        manual_seed(1);
        var output = layer.call(ones(4000, 2, 3));
        var perSample = output.reshape(4000, 6).Doubles().Chunk(6).ToList();
        perSample.Should().OnlyContain(sample => sample.All(value => value == 0) || sample.All(value => Math.Abs(value - 4.0 / 3) < 1e-6));
        (perSample.Count(sample => sample[0] == 0) / 4000.0).Should().BeApproximately(0.25, 0.03);
    }

    [Test]
    public void Hands_on_its_input_outside_training()
    {
        using var scope = NewDisposeScope();
        using var layer = new StochasticDepth(0.5);
        layer.eval();
        var input = randn(8, 3);
        layer.call(input).ShouldBeBitwiseEqual(input, "evaluation");
        using var never = new StochasticDepth(0);
        never.call(input).ShouldBeBitwiseEqual(input, "a probability of 0");
    }

    [TestCase(-0.1)]
    [TestCase(1)]
    [TestCase(double.NaN)]
    public void Refuses_what_is_no_probability(double probability) =>
        FluentActions.Invoking(() => new StochasticDepth(probability)).Should().Throw<ArgumentOutOfRangeException>();
}
