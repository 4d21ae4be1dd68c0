namespace ClassroomKD.Tests.Core;

public sealed class PaceTests : TensorFixture
{
    private static double[] Schedule(ILearningPaceScheduler pace, double[,] ranks, long step = 0)
    {
        var all = tensor(ranks);
        return pace.Schedule(new()
        {
            Assessment = new Assessment { Performances = all },
            Ranking = new Ranking { Ranks = all, Weights = all.narrow(0, 1, all.size(0) - 1) },
            Step = step,
        }).Temperatures.Doubles();
    }

    [Test]
    public void Temperature_is_one_when_mentor_equals_student() => Schedule(new GapPace(), new[,] { { 0.5 }, { 0.5 } }).Should().Equal(1);

    [Test]
    public void Temperature_grows_with_the_lead() =>
        Schedule(new GapPace(), new[,] { { 0.5 }, { 1.0 }, { 2.0 } }).Should().Equal([7, 10], (x, y) => Math.Abs(x - y) < 1e-12);

    [Test]
    public void Temperature_is_one_where_all_ranks_are_zero() => Schedule(new GapPace(), new[,] { { 0.0 }, { 0.0 } }).Should().Equal(1);

    [Test]
    public void Annealing_starts_and_ends_where_it_should()
    {
        var pace = new AnnealedPace(8, 2, 100);
        Schedule(pace, new[,] { { 0.5 }, { 0.5 } }).Should().Equal(8);
        Schedule(pace, new[,] { { 0.5 }, { 0.5 } }, 50)[0].Should().BeApproximately(5, 1e-9);
        Schedule(pace, new[,] { { 0.5 }, { 0.5 } }, 1_000)[0].Should().BeApproximately(2, 1e-9);
    }

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Temperatures_that_are_none_are_refused(double temperature) =>
        FluentActions.Invoking(() => new ConstantPace(temperature)).Should().Throw<ArgumentOutOfRangeException>().WithMessage("*above 0*");
}
