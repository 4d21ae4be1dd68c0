namespace ClassroomKD.Tests.Core.Rankers;

public sealed class RankerTests : TensorFixture
{
    private static Ranking Rank(IMentorRanker ranker, double[,] performances, bool[,]? correct = null) => ranker.Rank(new()
    {
        Assessment = new Assessment { Performances = tensor(performances), Correct = correct is null ? null : tensor(correct) },
    });

    [Test]
    public void Only_mentors_that_rank_at_least_as_high_as_the_student_teach()
    {
        var ranking = Rank(new KnowledgeFilteringRanker(), new[,] { { 0.4 }, { 0.8 }, { 0.4 }, { 0.0 } });
        ranking.Ranks.Doubles().Should().Equal([0.75, 1.5, 0.75, 0], (x, y) => Math.Abs(x - y) < 1e-12);
        ranking.Weights.Doubles().Should().Equal([1.5, 0.75, 0], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void By_lead_a_mentor_weighs_what_it_is_ahead()
    {
        var ranker = new KnowledgeFilteringRanker(new() { Weighting = RankWeighting.Lead });
        var ranking = Rank(ranker, new[,] { { 0.4 }, { 0.8 }, { 0.5 }, { 0.3 } });
        ranking.Ranks.Doubles().Should().Equal([0.6, 1.2, 0.75, 0.45], (x, y) => Math.Abs(x - y) < 1e-12);
        ranking.Weights.Doubles().Should().Equal([0.6, 0.15, 0], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void A_wrong_mentor_teaches_only_where_that_is_allowed()
    {
        var performances = new[,] { { 0.1 }, { 0.4 } };
        var correct = new[,] { { true }, { false } };
        Rank(new KnowledgeFilteringRanker(), performances, correct).Weights.Number().Should().Be(0);
        Rank(new KnowledgeFilteringRanker(new() { RequireCorrect = false }), performances, correct).Weights.Number()
            .Should().BeApproximately(0.8, 1e-12);
    }

    [Test]
    public void Shares_are_rounded_half_to_even()
    {
        // 0.125 of 1 is exact in binary: it lies half way between 0.12 and 0.13.
        var ranking = Rank(new KnowledgeFilteringRanker(new() { RankDecimals = 2 }), new[,] { { 0.125 }, { 0.375 }, { 0.5 } });
        ranking.Ranks.Doubles().Should().Equal([0.24, 0.76, 1.0], (x, y) => Math.Abs(x - y) < 1e-12);
    }

    [Test]
    public void Top_k_keeps_the_heaviest()
    {
        var performances = new[,] { { 0.1, 0.9 }, { 0.3, 0.2 }, { 0.6, 0.3 }, { 0.4, 0.1 } };
        var all = Rank(new KnowledgeFilteringRanker(), performances).Weights;
        var two = Rank(new TopKRanker(2), performances).Weights;
        two[0, 0].Number().Should().Be(0);
        two[1].ShouldEqual(all[1], 1e-12, "best");
        two[2].ShouldEqual(all[2], 1e-12, "second");
        two[TensorIndex.Colon, 1].Doubles().Should().OnlyContain(weight => weight == 0, "no mentor is better than the student there");
        Rank(new TopKRanker(9), performances).Weights.ShouldEqual(all, 0, "more than there are");
    }

    [Test]
    public void Uniform_gives_every_mentor_its_share() =>
        Rank(new UniformRanker(), new[,] { { 0.1 }, { 0.3 }, { 0.0 } }).Weights.Doubles().Should().Equal(0.5, 0.5);

    [Test]
    public void A_single_mentor_has_all_the_weight_by_its_confidence_and_none_by_its_entropy()
    {
        var (student, mentor, labels) = (Classes.Logits(1, 4, 5), Classes.Logits(2, 4, 5), Classes.Labels(3, 4, 5));
        Classes.Lesson(student, [mentor], labels, ranker: new ConfidenceAwareRanker()).Weights.ShouldBe([1, 1, 1, 1], 1e-12);
        Classes.Lesson(student, [mentor], labels, ranker: new EntropyRanker()).Weights.ShouldBe([0, 0, 0, 0], 1e-12);
    }

    [Test]
    public void Options_that_contradict_each_other_or_are_out_of_range_are_refused()
    {
        IEnumerable<string>? Faults(KnowledgeFilteringOptions options) =>
            new KnowledgeFilteringOptionsValidator().Validate(null, options).Failures;
        Faults(new()).Should().BeNull();
        Faults(new() { RankDecimals = 16 }).Should().ContainSingle().Which.Should().Contain("RankDecimals");
        Faults(new() { Weighting = (RankWeighting)7 }).Should().ContainSingle().Which.Should().Contain("Weighting");
        Faults(new() { Filter = false, RequireCorrect = true }).Should().ContainSingle().Which.Should().Contain("needs Filter = true");
        Faults(new() { Weighting = RankWeighting.Position, RankDecimals = 2 }).Should().ContainSingle()
            .Which.Should().Contain("Weighting = Position uses none");
    }

    [Test]
    public void A_ranker_that_needs_what_the_task_lacks_says_so() =>
        FluentActions.Invoking(() => Rank(new EntropyRanker(), new[,] { { 0.1 }, { 0.3 } }))
            .Should().Throw<NotSupportedException>().WithMessage("*entropies*");
}
