namespace ClassroomKD.Tests.Core;

/// <summary>What a classroom does with rankers and paces that return another form than they promise.</summary>
public sealed class PluginTests
{
    private sealed class Ranks(Func<Tensor, Ranking> rank) : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments) => rank(arguments.Assessment.Performances);
    }

    private sealed class Temperatures(Func<Tensor, Tensor> schedule) : ILearningPaceScheduler
    {
        public LearningPace Schedule(in PacingArguments arguments) => new() { Temperatures = schedule(arguments.Ranking.Weights) };
    }

    [Test]
    public void What_a_ranker_returns_in_another_form_is_refused_by_its_name()
    {
        using var scope = NewDisposeScope();
        void Refused(Func<Tensor, Ranking> rank, string message) =>
            Teaching(ranker: new Ranks(rank))
                .Should().Throw<InvalidOperationException>().WithMessage($"Ranks returned {message} was expected.");

        Refused(
            c => new() { Ranks = c, Weights = c.narrow(0, 1, 2).t() },
            "Weights as Float64 [4, 2] on cpu; a floating-point table [2, 4] on cpu");
        Refused(
            c => new() { Ranks = c.narrow(0, 1, 2), Weights = c.narrow(0, 1, 2) },
            "Ranks as Float64 [2, 4] on cpu; a floating-point table [3, 4] on cpu");
        Refused(
            c => new() { Ranks = c, Weights = c.narrow(0, 1, 2).gt(0) },
            "Weights as Bool [2, 4] on cpu; a floating-point table [2, 4] on cpu");
        Teaching(ranker: new Ranks(c => new() { Ranks = c, Weights = null! }))
            .Should().Throw<InvalidOperationException>().WithMessage("Ranks returned no Weights.");
    }

    [Test]
    public void What_a_pace_returns_in_another_form_is_refused_by_its_name()
    {
        using var scope = NewDisposeScope();

        Teaching(pace: new Temperatures(weights => weights.select(0, 0))).Should()
            .Throw<InvalidOperationException>().WithMessage("Temperatures returned Temperatures as Float64 [4] on cpu*[2, 4] on cpu*");
    }

    [Test]
    public void A_form_is_refused_at_every_step_and_in_every_batch_of_another_size()
    {
        using var scope = NewDisposeScope();
        var ranker = new Ranks(c => new() { Ranks = c, Weights = c.size(1) == 4 ? c.narrow(0, 1, 2) : c.narrow(0, 1, 2).t() });
        var classroom = new Classroom(Classes.Mentors(2), ranker: ranker);
        var good = Lesson(classroom, 4);
        var bad = Lesson(classroom, 3);

        good.Should().NotThrow();
        bad.Should().Throw<InvalidOperationException>();
        bad.Should().Throw<InvalidOperationException>();
        good.Should().NotThrow();
    }

    private static Action Teaching(IMentorRanker? ranker = null, ILearningPaceScheduler? pace = null) =>
        Lesson(new Classroom(Classes.Mentors(2), ranker: ranker, pace: pace), 4);

    private static Action Lesson(Classroom classroom, int batch) => () => classroom.Teach(
        Classes.Learning(Classes.Logits(1, batch, 5)),
        [Classes.Logits(2, batch, 5), Classes.Logits(3, batch, 5)], Classes.Labels(4, batch, 5));
}
