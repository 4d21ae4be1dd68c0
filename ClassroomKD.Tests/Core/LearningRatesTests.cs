namespace ClassroomKD.Tests.Core;

public sealed class LearningRatesTests
{
    [Test]
    public void A_straight_way_meets_the_steps_where_it_ends()
    {
        LearningRates.LinearThenSteps(9, 10, 1, 0.5, 0.1, 20).Should().BeApproximately(0.55, 1e-15);
        LearningRates.LinearThenSteps(10, 10, 1, 0.5, 0.1, 20).Should().Be(0.5);
        LearningRates.LinearThenSteps(20, 10, 1, 0.5, 0.1, 20).Should().BeApproximately(0.05, 1e-15);
    }

    [Test]
    public void Without_a_straight_way_only_the_steps_are_left() =>
        Gen.Select(Gen.Int[0, 300], Gen.Double[0.01, 1]).Sample((step, rate) =>
            LearningRates.LinearThenSteps(step, 0, 7, rate, 0.1, 150, 180)
                .Should().Be(LearningRates.Steps(step, rate, 0.1, 150, 180)), iter: 200);

    [Test]
    public void A_way_of_negative_length_is_refused() =>
        FluentActions.Invoking(() => LearningRates.LinearThenSteps(0, -1, 1, 1, 1)).Should().Throw<ArgumentOutOfRangeException>();
}
