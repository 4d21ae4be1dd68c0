namespace ClassroomKD.Tests.Core.Rankers;

/// <summary>A ranker that asks only some of the mentors.</summary>
public sealed class RandomMentorsTests : TensorFixture
{
    private static readonly Tensor Nothing = zeros(6, 1).DetachFromDisposeScope();

    [Test]
    public void Only_those_that_are_drawn_answer_and_the_lesson_is_that_of_their_own_classroom()
    {
        var answers = Enumerable.Range(0, 4).Select(m => Classes.Logits(m, 6, 3)).ToArray();
        var (student, labels, asked) = (Classes.Learning(Classes.Logits(9, 6, 3)), Classes.Labels(8, 6, 3), new int[4]);
        var mentors = answers.Select((answer, m) => new Mentor($"{m}", _ => { asked[m]++; return answer.clone(); })).ToList();
        var ranker = new RandomMentorsRanker(2, new KnowledgeFilteringRanker(new() { RequireCorrect = false }));
        using var classroom = new Classroom(mentors, ranker: new TopKRanker(3, ranker)); // within another, it chooses all the same
        for (var step = 0; step < 5; step++)
        {
            Array.Clear(asked);
            var drawn = ranker.Choose(4, step);
            var lesson = classroom.Teach(Nothing, student, labels);
            asked.Should().Equal(Enumerable.Range(0, 4).Select(m => drawn.Contains(m) ? 1 : 0), $"step {step}");

            using var small = new Classroom(
                drawn.Select(m => mentors[m]), ranker: new KnowledgeFilteringRanker(new() { RequireCorrect = false }));
            var expected = small.Teach(Nothing, student, labels);
            lesson.Loss.ShouldEqual(expected.Loss, 1e-12, "loss");
            for (var m = 0; m < 4; m++)
            {
                var place = drawn.ToList().IndexOf(m);
                foreach (var (table, same, absent) in new[]
                {
                    (lesson.Weights, expected.Weights, 0.0), (lesson.Temperatures, expected.Temperatures, 1.0),
                    (lesson.MentorLosses, expected.MentorLosses, 0.0),
                })
                    if (place >= 0)
                        table[m].ShouldBeBitwiseEqual(same[place], $"mentor {m}");
                    else
                        table[m].Doubles().Should().OnlyContain(value => value == absent);
            }
        }

        var report = classroom.ReadReport();
        report.Mentors.Sum(mentor => mentor.EligibleShare).Should().BeApproximately(2, 1e-12, "two of four answered each batch");
        report.Mentors.Sum(mentor => mentor.NonFiniteAnswers).Should().Be(0);
    }

    [Test]
    public void Given_answers_of_all_those_of_the_drawn_count()
    {
        var answers = Enumerable.Range(0, 3).Select(m => Classes.Logits(m, 6, 3)).ToArray();
        var ranker = new RandomMentorsRanker(1);
        var lesson = Classes.Lesson(Classes.Logits(9, 6, 3), answers, Classes.Labels(8, 6, 3), ranker: ranker);
        var drawn = ranker.Choose(3, 0)[0];
        for (var m = 0; m < 3; m++)
            if (m != drawn)
                lesson.Performances[1 + m].Doubles().Should().OnlyContain(performance => performance == 0);
        lesson.Performances[1 + drawn].Doubles().Should().OnlyContain(performance => performance > 0);
    }

    [Test]
    public void Every_mentor_is_drawn_as_often_and_a_step_always_draws_the_same()
    {
        var ranker = new RandomMentorsRanker(2, seed: 5);
        var counts = new int[5];
        for (var step = 0; step < 5000; step++)
        {
            var drawn = ranker.Choose(5, step);
            drawn.Should().HaveCount(2).And.BeInAscendingOrder().And.OnlyHaveUniqueItems();
            foreach (var m in drawn)
                counts[m]++;
        }
        counts.Should().OnlyContain(count => count > 1850 && count < 2150, "2,000 each, within four standard deviations");
        ranker.Choose(5, 77).Should().Equal(new RandomMentorsRanker(2, seed: 5).Choose(5, 77));
        Enumerable.Range(0, 64).Count(step => ranker.Choose(5, step).SequenceEqual(new RandomMentorsRanker(2, seed: 6).Choose(5, step)))
            .Should().BeLessThan(20, "another seed draws others: one pair of ten by chance");
        ranker.Choose(2, 3).Should().Equal(0, 1);
        ranker.Choose(1, 3).Should().Equal(0);
        FluentActions.Invoking(() => new RandomMentorsRanker(0)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [TestCase(new int[0])]
    [TestCase(new[] { 1, 0 })]
    [TestCase(new[] { 0, 2 })]
    public void A_choice_that_is_none_is_refused_by_name(int[] choice)
    {
        using var classroom = new Classroom(Classes.Mentors(2), ranker: new Fixed(choice));
        FluentActions.Invoking(() => classroom.Teach(Nothing, Classes.Learning(Classes.Logits(1, 6, 3)), Classes.Labels(2, 6, 3)))
            .Should().Throw<InvalidOperationException>().WithMessage("Fixed chose*");
    }

    [Test]
    public void Leaves_nothing_behind_but_the_lesson()
    {
        var answers = Enumerable.Range(0, 3).Select(m => Classes.Logits(m, 6, 3)).ToArray();
        var (student, labels) = (Classes.Learning(Classes.Logits(9, 6, 3)), Classes.Labels(8, 6, 3));
        using var classroom = new Classroom(Classes.Mentors(3), ranker: new RandomMentorsRanker(2));
        classroom.Teach(student, answers, labels).Dispose();
        var before = LiveTensors.Settled();
        classroom.Teach(student, answers, labels).Dispose();
        Tensor.TotalCount.Should().Be(before);
    }

    private sealed class Fixed(int[] choice) : IMentorRanker, IMentorSelector
    {
        public IReadOnlyList<int> Choose(int mentors, long lessons) => choice;

        public Ranking Rank(in RankingArguments arguments) => new UniformRanker().Rank(arguments);
    }
}
