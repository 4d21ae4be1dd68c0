using ClassroomKD.Tests.Core.Training;
using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD.Tests.Core.Rankers;

/// <summary>Rankers that change what another one decides.</summary>
public sealed class WrappingRankerTests : TensorFixture
{
    private static readonly KnowledgeFilteringRanker Plain = new(new() { RequireCorrect = false });

    private static RankingArguments Arguments(double[,] performances, Tensor? divergences = null, long step = 0) => new()
    {
        Assessment = new Known(divergences) { Performances = tensor(performances) }, Step = step,
    };

    [Test]
    public void Weights_fade_along_half_a_cosine()
    {
        double[,] performances = { { 0.1, 0.2 }, { 0.4, 0.1 } };
        var ranker = new FadingRanker(100, 0.2, Plain);
        var whole = Plain.Rank(Arguments(performances)).Weights;
        foreach (var (step, factor) in new[] { (0L, 1.0), (50, 0.6), (100, 0.2), (1000, 0.2) })
            ranker.Rank(Arguments(performances, step: step)).Weights.ShouldEqual(whole * factor, 1e-12, $"step {step}");
        FluentActions.Invoking(() => new FadingRanker(0)).Should().Throw<ArgumentOutOfRangeException>();
        FluentActions.Invoking(() => new FadingRanker(5, -1)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Test]
    public void Dropping_keeps_the_furthest_mentor_and_the_sum_of_the_weights()
    {
        double[,] performances = { { 0.1 }, { 0.2 }, { 0.3 }, { 0.4 } };
        var divergences = tensor(new[,] { { 0.5 }, { 2.0 }, { 1.0 } });
        new TeacherDroppingRanker(0).Rank(Arguments(performances, divergences)).Weights.ShouldBe([1 / 3.0, 1 / 3.0, 1 / 3.0], 1e-12);
        new TeacherDroppingRanker(1).Rank(Arguments(performances, divergences)).Weights.ShouldBe([0, 1, 0], 1e-12);

        manual_seed(1);
        var (often, twice) = (new TeacherDroppingRanker(), new double[3]);
        for (var i = 0; i < 400; i++)
        {
            var weights = often.Rank(Arguments(performances, divergences)).Weights.Doubles();
            weights.Sum().Should().BeApproximately(1, 1e-12);
            weights[1].Should().BePositive();
            for (var m = 0; m < 3; m++)
                twice[m] += weights[m] > 0 ? 1 : 0;
        }
        twice[0].Should().BeInRange(160, 240, "half of 400, within four standard deviations");
        twice[2].Should().BeInRange(160, 240);
    }

    [Test]
    public void Dropping_never_lets_a_mentor_teach_whom_the_filter_closed_out()
    {
        double[,] performances = { { 0.3 }, { 0.1 }, { 0.4 } };
        var divergences = tensor(new[,] { { 9.0 }, { 1.0 } });
        new TeacherDroppingRanker(1, Plain).Rank(Arguments(performances, divergences)).Weights.ShouldBe([0, 2 * 0.4 / 0.8], 1e-12);
    }

    [Test]
    public void A_running_mean_ranks_by_the_batches_seen_so_far()
    {
        using var ranker = new RunningMeanRanker(0.75, Plain);
        ranker.Inner.Should().BeSameAs(Plain);
        ranker.Rank(Arguments(new[,] { { 0.2, 0.4 }, { 0.6, 0.2 } })).Ranks.ShouldBe([0.3 / 0.7, 0.3 / 0.7, 0.4 / 0.7, 0.4 / 0.7], 1e-12);
        // Means 0.75 * 0.25 * (0.3, 0.4) + 0.25 * (0.9, 0.1), divided by 0.75 * 0.25 + 0.25.
        var (student, mentor) = ((0.1875 * 0.3 + 0.25 * 0.9) / 0.4375, (0.1875 * 0.4 + 0.25 * 0.1) / 0.4375);
        var ranking = ranker.Rank(Arguments(new[,] { { 0.9 }, { 0.1 } }));
        ranking.Ranks.ShouldBe([student / (student + mentor), mentor / (student + mentor)], 1e-12);
        ranking.Weights.Number().Should().Be(0);
        FluentActions.Invoking(() => ranker.Rank(Arguments(new[,] { { 0.9 }, { 0.1 }, { 0.2 } })))
            .Should().Throw<InvalidOperationException>().WithMessage("*each classroom needs its own*");
    }

    [Test]
    public void A_running_mean_counts_only_samples_that_count_and_forgets_when_disposed()
    {
        using var ranker = new RunningMeanRanker(0.5);
        ranker.Inner.Should().BeOfType<KnowledgeFilteringRanker>();
        RankingArguments masked = new()
        {
            Assessment = new Known(null)
            {
                Performances = tensor(new[,] { { 0.2, 0.0 }, { 0.6, 0.0 } }), Counted = tensor(new[] { true, false }),
                Correct = tensor(new[,] { { true, true }, { false, false } }),
            },
            Step = 0,
        };
        var ranking = ranker.Rank(masked);
        ranking.Ranks.ShouldBe([0.25, 0.25, 0.75, 0.75], 1e-12);
        ranking.Weights.ShouldBe([0.75, 0.75], 1e-12); // the default asks for means, not for who is right
        var state = ranker.SaveState().Should().ContainSingle().Which.Value;
        state.ShouldBe([0.5 * 0.2, 0.5 * 0.6, 0.5], 1e-12);

        ranker.Dispose();
        state.IsInvalid.Should().BeTrue();
        ranker.SaveState().Should().BeEmpty();
        ranker.Rank(Arguments(new[,] { { 0.1 }, { 0.1 }, { 0.2 } })).Ranks.ShouldBe([0.5, 0.5, 1], 1e-12);
    }

    [Test]
    public void Shares_of_time_and_chance_out_of_range_are_refused()
    {
        foreach (var decay in new[] { -0.001, 1, 1.5, double.NaN })
            FluentActions.Invoking(() => new RunningMeanRanker(decay)).Should().Throw<ArgumentOutOfRangeException>($"{decay}");
        new RunningMeanRanker(0).Dispose();
        foreach (var probability in new[] { -0.001, 1.001, double.NaN })
            FluentActions.Invoking(() => new TeacherDroppingRanker(probability))
                .Should().Throw<ArgumentOutOfRangeException>($"{probability}");
    }

    [Test]
    public void A_ranker_that_remembers_is_in_the_checkpoint()
    {
        string Train(string? folder, int? killedAt)
        {
            using var mean = new RunningMeanRanker();
            var ranker = new TopKRanker(2, mean); // within another
            var left = killedAt ?? int.MaxValue;
            using var training = new TrainingCase(
                false, true, options => (options.CheckpointFolder, options.CheckpointEvery) = (folder, folder is null ? null : 1),
                new Points(40, 8) { Before = (_, _) => { if (left-- == 0) throw new IOException("killed"); } }, ranker);
            try
            {
                training.Trainer.Run();
            }
            catch (IOException) when (killedAt is not null)
            {
            }
            return training.Weights;
        }

        using var files = new TemporaryFolder();
        var whole = Train(null, null);
        Train(files.Root, 7);
        Train(files.Root, null).Should().Be(whole);
    }

    [Test]
    public void Wrapped_in_a_container_the_chosen_ranker_is_the_inner_one()
    {
        IMentorRanker? inner = null;
        using var provider = new ServiceCollection().AddClassroom("room").UseRanker(_ => Plain)
            .WrapRanker((_, ranker) => new FadingRanker(10, 0, inner = ranker)).Services.BuildServiceProvider();
        provider.GetRequiredKeyedService<IMentorRanker>("room").Should().BeOfType<FadingRanker>();
        inner.Should().BeSameAs(Plain);
    }

    [Test]
    public void Rankers_that_contradict_each_other_are_refused_by_name()
    {
        using var mean = new RunningMeanRanker();
        foreach (var (ranker, message) in new (IMentorRanker, string)[]
        {
            (new RandomMentorsRanker(1, new TopKRanker(1, mean)), "RunningMeanRanker remembers*RandomMentorsRanker*"),
            (new RandomMentorsRanker(1, new FadingRanker(9, 0, new RandomMentorsRanker(2))), "RandomMentorsRanker and Random*both choose*"),
        })
            FluentActions.Invoking(() => new Classroom(Classes.Mentors(3), ranker: ranker))
                .Should().Throw<ArgumentException>().WithMessage(message);
    }

    [Test]
    public void Divergences_are_those_of_the_textbook()
    {
        Tensor[] mentors = [Classes.Logits(1, 5, 4), Classes.Logits(2, 5, 4)];
        var student = Classes.Logits(3, 5, 4);
        var seen = new Tensor[1];
        Classes.Lesson(student, mentors, Classes.Labels(4, 5, 4), ranker: new Asking(assessment =>
            seen[0] = assessment.Divergences().DetachFromDisposeScope()));
        seen[0].ShouldBe(
            mentors.SelectMany(mentor => Vision.Losses.LossCase.Divergences(mentor, student)), 1e-12);
        seen[0].Dispose();
    }

    private sealed class Known(Tensor? divergences) : Assessment
    {
        public override Tensor Divergences() => divergences ?? base.Divergences();
    }

    private sealed class Asking(Action<Assessment> ask) : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments)
        {
            ask(arguments.Assessment);
            return Plain.Rank(arguments);
        }
    }
}
