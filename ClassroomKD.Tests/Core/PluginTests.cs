using CustomRanker;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace ClassroomKD.Tests.Core;

/// <summary>The plugin that the documentation shows, seen from outside: it references ClassroomKD.Core alone.</summary>
public sealed class PluginTests
{
    [Test]
    public void Margin_decides_who_teaches()
    {
        using var scope = NewDisposeScope();
        var ranking = new MarginRanker(new() { Margin = 0.2 }).Rank(new()
        {
            Assessment = new Assessment { Performances = tensor(new[,] { { 0.5 }, { 0.6 }, { 0.9 } }) },
        });
        ranking.Weights.Doubles().Should().Equal([0, 0.4], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void Is_chosen_by_one_extension_method_and_keeps_its_own_options_per_classroom()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 0.3);
        services.AddClassroom("b");
        using var provider = services.BuildServiceProvider();
        provider.GetRequiredKeyedService<IMentorRanker>("a").Should().BeOfType<MarginRanker>();
        provider.GetRequiredKeyedService<IMentorRanker>("b").Should().BeOfType<KnowledgeFilteringRanker>();
    }

    [Test]
    public void Bad_options_are_named()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").UseMarginRanker(options => options.Margin = 3);
        using var provider = services.BuildServiceProvider();
        provider.Invoking(p => p.GetRequiredKeyedService<IMentorRanker>("a"))
            .Should().Throw<OptionsValidationException>().WithMessage("*Margin*");
    }

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

    [Test]
    public void References_core_alone() =>
        typeof(MarginRanker).Assembly.GetReferencedAssemblies().Select(name => name.Name)
            .Where(name => name!.StartsWith("ClassroomKD", StringComparison.Ordinal)).Should().Equal("ClassroomKD.Core");
}
