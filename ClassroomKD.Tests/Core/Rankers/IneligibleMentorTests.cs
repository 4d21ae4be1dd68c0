namespace ClassroomKD.Tests.Core.Rankers;

/// <summary>Who may not teach a sample takes no place and no share of those who may.</summary>
public sealed class IneligibleMentorTests : TensorFixture
{
    private static IEnumerable<TestCaseData> Rankers()
    {
        TestCaseData Case(string name, Func<IMentorRanker> make) => new TestCaseData(make).SetArgDisplayNames(name);
        yield return Case("CA-MKD", () => new ConfidenceAwareRanker());
        yield return Case("EBKD", () => new EntropyRanker());
        yield return Case("the best by CA-MKD", () => new TopKRanker(1, new ConfidenceAwareRanker()));
        yield return Case("the best two by EBKD", () => new TopKRanker(2, new EntropyRanker()));
        yield return Case("UNIC", () => new TeacherDroppingRanker(1, new ConfidenceAwareRanker()));
        yield return Case("normalized", () => new NormalizedRanker(new UniformRanker()));
    }

    [TestCaseSource(nameof(Rankers))]
    public void The_others_weigh_as_if_it_were_not_there(Func<IMentorRanker> make)
    {
        var (student, labels) = (Classes.Logits(1, 16, 5), Classes.Labels(2, 16, 5));
        Tensor[] good = [Classes.Logits(3, 16, 5), Classes.Logits(4, 16, 5), Classes.Logits(5, 16, 5)];
        var broken = full_like(student, double.NaN);

        var expected = Classes.Lesson(student, good, labels, ranker: make()).Weights;
        var found = Classes.Lesson(student, [good[0], broken, good[1], good[2]], labels, ranker: make()).Weights;

        found[1].ShouldBe(new double[16], within: 0);
        cat([found.narrow(0, 0, 1), found.narrow(0, 2, 2)]).ShouldEqual(expected, 1e-12, "weights", absolute: 1e-12);
        expected.Doubles().Should().Contain(weight => weight > 0);
    }

    [Test]
    public void By_its_confidence_the_only_one_that_may_teach_has_all_the_weight()
    {
        var (student, labels) = (Classes.Logits(1, 4, 5), Classes.Labels(2, 4, 5));
        var broken = full_like(student, double.NaN);
        Classes.Lesson(student, [broken, Classes.Logits(3, 4, 5)], labels, ranker: new ConfidenceAwareRanker()).Weights
            .ShouldBe([0, 0, 0, 0, 1, 1, 1, 1], within: 1e-12);
        Classes.Lesson(student, [broken, broken], labels, ranker: new ConfidenceAwareRanker()).Weights.ShouldBe(new double[8], within: 0);
    }

    [Test]
    public void Moving_means_take_it_to_do_as_the_student_where_it_may_not_teach()
    {
        using var ranker = new RunningMeanRanker();
        var ranking = ranker.Rank(new()
        {
            Assessment = new Assessment
            {
                Performances = tensor(new[,] { { 0.4, 0.6 }, { 0.8, 0.0 } }), Eligible = tensor(new[,] { { true, false } }),
            },
        });
        // Student .5, mentor (.8 + .6) / 2.
        ranking.Ranks.ShouldBe([0.5 / 1.2, 0.5 / 1.2, 0.7 / 1.2, 0.7 / 1.2], within: 1e-12);
    }
}
