using ClassroomKD.Distributed;

namespace ClassroomKD.Tests.Distributed;

public sealed class MentorExchangeTests : TensorFixture
{
    private static readonly Func<Tensor, Tensor>[] Answers =
        [input => input.mul(Scalars.Two), input => input.narrow(1, 0, 2), input => input.neg()];

    [Test]
    public void Each_rank_gets_the_answers_of_all_mentors_to_its_own_samples()
    {
        var calls = new int[3];
        ThreadGroup.Run(3, group =>
        {
            using var mine = Held(group.Rank, calls);
            using var other = Held(1, calls);
            Mentor[][] held = [[mine], [], [mine, other]];
            using var exchange = new MentorExchange(group, held[group.Rank]);
            exchange.Mentors.Select(mentor => mentor.Name).Should().Equal("mentor 0", "mentor 2", "mentor 1");

            foreach (var count in new[] { 2, 3 })
            {
                var input = rand(count + group.Rank, 4);
                foreach (var mentor in exchange.Mentors)
                {
                    var expected = Answers[mentor.Name[^1] - '0'](input);
                    mentor.Answer(input).Doubles().Should().Equal(expected.Doubles(), mentor.Name);
                }
            }
        });

        calls.Should().Equal([2, 2, 2], "a mentor answers the whole batch once");
    }

    [Test]
    public void A_training_with_mentors_on_other_ranks_is_that_with_all_of_them_here()
    {
        var making = new Lock();
        double[] Train(int ranks) => ThreadGroup.Run(ranks, group =>
        {
            Student student;
            Mentor[] all;
            lock (making)
            {
                manual_seed(5);
                var other = new MentorOptions { Classes = ClassMap.FromIndices([4, 2, -1, 0], 5) };
                all = [new("one", nn.Linear(6, 4)), new("two", nn.Linear(6, 5), other)];
                student = new Student("student", nn.Linear(6, 4));
            }

            using (student)
            {
                using var parallel = new DataParallel(group);
                using var exchange = new MentorExchange(group, all.Where((_, i) => i % group.Size == group.Rank));
                using var classroom = new Classroom(exchange.Mentors, new ClassroomOptions { Preset = ClassroomPreset.Batch });
                using var optimizer = new SgdOptimizer(student.Module.parameters(), 0.1);
                // Batches of one sample: a rank has none.
                var points = new Core.Training.Points(6, 1);
                new Trainer(student, optimizer, points, classroom, new() { Epochs = 2 }) { Parallel = parallel }.Run();
                Array.ForEach(all, mentor => mentor.Dispose());
                return student.Module.state_dict().Values.SelectMany(tensor => tensor.Doubles()).ToArray();
            }
        })[^1];

        Train(2).Should().Equal(Train(1), (a, b) => Math.Abs(a - b) < 1e-6);
    }

    [Test]
    public void Two_mentors_of_one_name_are_refused() =>
        FluentActions.Invoking(() => ThreadGroup.Run(2, group => new MentorExchange(group, [Held(0, new int[1])])))
            .Should().Throw<AggregateException>().WithInnerException<ArgumentException>()
            .WithMessage("*names that differ*'mentor 0', 'mentor 0'*");

    private static Mentor Held(int number, int[] calls) => new($"mentor {number}", input =>
    {
        calls[number]++;
        return Answers[number](input);
    });
}
