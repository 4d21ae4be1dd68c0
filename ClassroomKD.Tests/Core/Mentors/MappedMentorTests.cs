using Microsoft.Extensions.DependencyInjection;

namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>Mentors with other classes than the student's: ranks and divergence on the shared ones.</summary>
public sealed class MappedMentorTests : TensorFixture
{
    private const int Batch = 64;
    private const int Categories = 5;
    private static readonly ClassMap Partial = ClassMap.FromIndices([3, -1, 0, 6, -1], 7);

    private static Mentor Given(string name, ClassMap? map) =>
        new(name, _ => throw new InvalidOperationException("Answers are given."), new MentorOptions { Classes = map });

    private static Lesson Lesson(
        Tensor student, Tensor[] answers, ClassMap?[] maps, Tensor targets,
        ClassroomOptions? options = null, LogitsTaskOptions? task = null, IMentorRanker? ranker = null)
    {
        using var classroom = new Classroom(
            maps.Select((map, m) => Given($"mentor {m}", map)), options ?? new() { Preset = ClassroomPreset.Paper }, new LogitsTask(task),
            ranker);
        return classroom.Teach(Classes.Learning(student), answers, targets);
    }

    private static void ShouldBeSame(Lesson actual, Lesson expected)
    {
        foreach (var (name, read) in new (string, Func<Lesson, Tensor>)[]
        {
            ("loss", l => l.Loss), ("performances", l => l.Performances), ("ranks", l => l.Ranks), ("weights", l => l.Weights),
            ("temperatures", l => l.Temperatures), ("mentor losses", l => l.MentorLosses),
        })
            read(actual).ShouldBeBitwiseEqual(read(expected), name);
        expected.Weights.Doubles().Should().Contain(weight => weight > 0);
    }

    [Test]
    public void Permutation_teaches_like_the_permuted_answer()
    {
        var (student, labels) = (Classes.Logits(1, Batch, Categories), Classes.Labels(2, Batch, Categories));
        Tensor[] plain = [Classes.Logits(3, Batch, Categories), Classes.Logits(4, Batch, Categories)];
        int[] order = [2, 4, 1, 0, 3]; // where the mentor keeps each of the student's classes
        var places = Enumerable.Range(0, Categories).Select(c => (long)Array.IndexOf(order, c)).ToArray();
        var permuted = plain[0].index_select(1, tensor(places));
        ShouldBeSame(
            Lesson(student, [permuted, plain[1]], [ClassMap.FromIndices(order, Categories), null], labels),
            Lesson(student, plain, [null, null], labels));
    }

    [Test]
    public void Superset_teaches_like_its_shared_classes()
    {
        var (student, labels) = (Classes.Logits(1, Batch, Categories), Classes.Labels(2, Batch, Categories));
        var answer = Classes.Logits(3, Batch, 9);
        answer[TensorIndex.Colon, TensorIndex.Single(4)] = tensor(double.NaN); // of no interest to the student
        long[] columns = [8, 1, 0, 5, 2];
        ShouldBeSame(
            Lesson(student, [answer], [ClassMap.FromIndices([.. columns.Select(c => (int)c)], 9)], labels),
            Lesson(student, [answer.index_select(1, tensor(columns))], [null], labels));
    }

    // Student (.5 .3 .2) for both samples; the mentor knows classes 0 and 1, in the other order, and says .9 to .1. Truths: 0 and 2.
    private static (Tensor Student, Tensor Mentor, ClassMap Map, Tensor Labels) ByHand() => (
        tensor(new[] { .5, .3, .2, .5, .3, .2 }).log().reshape(2, 3).requires_grad_(),
        tensor(new[] { .1, .9, .1, .9 }).log().reshape(2, 2),
        ClassMap.FromIndices([1, 0, -1], 2),
        tensor(new long[] { 0, 2 }));

    [Test]
    public void Subset_by_hand()
    {
        var (student, mentor, map, labels) = ByHand();
        var lesson = Lesson(student, [mentor], [map], labels, new() { Preset = ClassroomPreset.Paper, ConstantTemperature = 1 });
        // .8 of the student's probability is on the shared classes, of which the mentor would give .9 to the truth.
        lesson.Performances.ShouldBe([.5, .2, .8 * .9, 0], 1e-12);
        lesson.Ranks.ShouldBe([.5 / 1.22, 1, .72 / 1.22, 0], 1e-12);
        lesson.Weights.ShouldBe([.72 / 1.22, 0], 1e-12);
        var divergence = .9 * Math.Log(.9 / .625) + .1 * Math.Log(.1 / .375);
        lesson.MentorLosses.ShouldBe([.72 / 1.22 * divergence, 0], 1e-9);
        lesson.Loss.Number().Should().BeApproximately((.72 / 1.22 * divergence - .5 * Math.Log(.5) - .2 * Math.Log(.2)) / 2, 1e-9);

        lesson.Loss.backward();
        var g = .72 / 1.22 * (.625 - .9); // of the divergence at the first sample's class 0; class 1 has its opposite
        student.grad!.ShouldBe(
            [(.5 * (.5 - 1) + g) / 2, (.5 * .3 - g) / 2, .5 * .2 / 2, .2 * .5 / 2, .2 * .3 / 2, .2 * (.2 - 1) / 2], 1e-9);
    }

    [Test]
    public void Subset_judged_by_batch_says_what_the_student_says_where_it_lacks_the_class()
    {
        var (student, mentor, map, labels) = ByHand();
        var lesson = Lesson(student, [mentor], [map], labels, new() { Preset = ClassroomPreset.Batch });
        lesson.Performances.ShouldBe([Math.Sqrt(.1), Math.Sqrt(.1), Math.Sqrt(.72 * .2), 0], 1e-9);
        lesson.Weights.Doubles()[1].Should().Be(0);
    }

    [Test]
    public void Subset_beats_the_student_exactly_where_it_does_so_on_the_shared_classes()
    {
        var (student, answer, labels) = (Classes.Logits(1, 512, Categories), Classes.Logits(3, 512, 7), Classes.Labels(2, 512, Categories));
        var lesson = Lesson(student, [answer], [Partial], labels);
        long[] mine = [0, 2, 3], its = [3, 0, 6];
        var own = student.index_select(1, tensor(mine)).softmax(1).Doubles();
        var said = answer.index_select(1, tensor(its)).softmax(1).Doubles();
        double[] weights = lesson.Weights.Doubles(), ranks = lesson.Ranks.Doubles(), truth = labels.Doubles();
        var taught = 0;
        for (var i = 0; i < 512; i++)
        {
            var k = Array.IndexOf(mine, (long)truth[i]);
            var right = k >= 0 && said.AsSpan(i * 3, 3).ToArray().Max() == said[i * 3 + k];
            var teaches = right && said[i * 3 + k] >= own[i * 3 + k];
            (weights[i] > 0).Should().Be(teaches, $"sample {i}");
            taught += teaches ? 1 : 0;
            if (k >= 0) // with one mentor the ranks are those of the shared classes
                ranks[512 + i].Should().BeApproximately(said[i * 3 + k] / (said[i * 3 + k] + own[i * 3 + k]), 1e-9);
            else
                ranks[512 + i].Should().Be(0);
        }
        taught.Should().BeInRange(50, 450);
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Mentors_side_by_side_teach_as_they_do_alone(bool custom)
    {
        var other = ClassMap.FromIndices([0, 1, -1, -1, 2], 3);
        ClassMap?[] maps = [Partial, null, other, Partial];
        Tensor[] answers =
            [Classes.Logits(3, Batch, 7), Classes.Logits(4, Batch, Categories), Classes.Logits(5, Batch, 3), Classes.Logits(6, Batch, 7)];
        var (student, labels) = (Classes.Logits(1, Batch, Categories).requires_grad_(), Classes.Labels(2, Batch, Categories));
        var task = new LogitsTask(new() { Loss = custom ? new PlainLoss() : null });
        var weights = rand(4, Batch, dtype: ScalarType.Float64);
        var temperatures = rand(4, Batch, dtype: ScalarType.Float64).add(Scalars.One, Scalars.One);
        DistillationLoss Distil(params int[] chosen) => task.Begin(new()
        {
            Student = student,
            Mentors = [.. chosen.Select(m => answers[m])],
            MentorClasses = [.. chosen.Select(m => maps[m])],
            Targets = labels,
        }).Distill(new()
        {
            Weights = weights.index_select(0, tensor(chosen.Select(m => (long)m).ToArray())),
            Temperatures = temperatures.index_select(0, tensor(chosen.Select(m => (long)m).ToArray())),
        });

        var together = Distil(0, 1, 2, 3);
        var sum = zeros([], dtype: ScalarType.Float64);
        for (var m = 0; m < 4; m++)
        {
            var alone = Distil(m);
            together.PerMentor.select(0, m).ShouldEqual(alone.PerMentor.select(0, 0), 1e-9, $"mentor {m}");
            alone.PerMentor.sum().ShouldEqual(alone.Total.detach(), 1e-9, $"mentor {m} in all");
            sum = sum.add(alone.Total, Scalars.One);
        }
        together.Total.ShouldEqual(sum, 1e-9, "sum");
        var gradient = autograd.grad([together.Total], [student])[0];
        gradient.ShouldEqual(autograd.grad([sum], [student])[0], 1e-9, "gradient");
    }

    [TestCase(false)]
    [TestCase(true)]
    public void Gradient_reaches_the_shared_classes_alone_and_is_right(bool custom)
    {
        var task = new LogitsTask(new() { Loss = custom ? new PlainLoss() : null });
        var (answer, labels) = (Classes.Logits(3, 6, 7), Classes.Labels(2, 6, Categories));
        Tensor Loss(Tensor student) => task
            .Begin(new() { Student = student, Mentors = [answer], MentorClasses = [Partial], Targets = labels })
            .Distill(new()
            {
                Weights = full([1, 6], 0.7, dtype: ScalarType.Float64),
                Temperatures = full([1, 6], 2.5, dtype: ScalarType.Float64),
            }).Total;
        var at = Classes.Logits(1, 6, Categories);
        GradientCheck.LargestError(Loss, at).Should().BeLessThan(1e-7);
        var student = at.clone().requires_grad_();
        Loss(student).sum().backward();
        var gradient = student.grad!;
        gradient.index_select(1, tensor(new long[] { 1, 4 })).Doubles().Should().OnlyContain(g => g == 0);
        gradient.index_select(1, tensor(new long[] { 0, 2, 3 })).Doubles().Should().OnlyContain(g => g != 0);
    }

    [Test]
    public void Distributions_as_truth_teach_like_the_indices_that_they_stand_for()
    {
        var (student, answer) = (Classes.Logits(1, Batch, Categories), Classes.Logits(3, Batch, 7));
        var labels = Classes.Labels(2, Batch, Categories);
        var byIndex = Lesson(student, [answer], [Partial], labels);
        var byDistribution = Lesson(student, [answer], [Partial], nn.functional.one_hot(labels, Categories).to(ScalarType.Float64));
        byDistribution.Performances.ShouldEqual(byIndex.Performances, 1e-9, "performances");
        byDistribution.Loss.ShouldEqual(byIndex.Loss, 1e-9, "loss");
    }

    [Test]
    public void Ignored_samples_and_unknown_classes_are_taught_by_nobody_even_without_filter()
    {
        var (student, answer) = (Classes.Logits(1, 4, Categories), Classes.Logits(3, 4, 7));
        var options = new ClassroomOptions { Ranking = { Filter = false }, Granularity = PerformanceGranularity.Batch };
        var lesson = Lesson(student, [answer], [Partial], tensor(new long[] { 0, -100, 1, 3 }), options);
        lesson.Weights.ShouldBe([1, 0, 0, 1]);
        lesson.MentorLosses.Doubles().Should().Equal([lesson.MentorLosses.Doubles()[0], 0, 0, lesson.MentorLosses.Doubles()[3]]);
    }

    [Test]
    public void Not_to_know_a_class_is_no_unusable_answer_but_NaN_is()
    {
        var (student, answer) = (Classes.Logits(1, Batch, Categories), Classes.Logits(3, Batch, 7));
        var labels = Classes.Labels(2, Batch, Categories);
        answer[TensorIndex.Single(0), TensorIndex.Single(3)] = tensor(double.NaN);
        answer[TensorIndex.Single(1), TensorIndex.Single(1)] = tensor(double.NaN); // not shared
        using var classroom = new Classroom([Given("m", Partial)]);
        var lesson = classroom.Teach(Classes.Learning(student), [answer], labels);
        double.IsFinite(lesson.Loss.Number()).Should().BeTrue();
        lesson.Weights.Doubles()[0].Should().Be(0);
        classroom.ReadReport().Mentors[0].NonFiniteAnswers.Should().Be(1);
    }

    [Test]
    public void Half_precision_and_other_rankers_work()
    {
        var student = Classes.Logits(1, Batch, Categories, ScalarType.Float32).to(ScalarType.BFloat16).requires_grad_();
        var answer = Classes.Logits(3, Batch, 7, ScalarType.Float32).to(ScalarType.Float16);
        var other = Classes.Logits(4, Batch, Categories, ScalarType.Float32);
        var labels = Classes.Labels(2, Batch, Categories);
        foreach (var ranker in new IMentorRanker[] { new EntropyRanker(), new ConfidenceAwareRanker(), new KnowledgeFilteringRanker() })
        {
            var lesson = Lesson(student, [answer, other], [Partial, null], labels, ranker: ranker);
            lesson.Loss.backward();
            student.grad!.Doubles().Should().OnlyContain(g => double.IsFinite(g));
        }
    }

    [Test]
    public void Answers_and_maps_that_do_not_fit_are_named()
    {
        var (student, labels) = (Classes.Logits(1, 4, Categories), Classes.Labels(2, 4, Categories));
        FluentActions.Invoking(() => Lesson(student, [Classes.Logits(3, 4, 6)], [Partial], labels))
            .Should().Throw<MentorException>().WithMessage("*'mentor 0'*[4, 6]*[4, 7]*");
        FluentActions.Invoking(() => Lesson(student, [Classes.Logits(3, 4, 7)], [ClassMap.FromIndices([0, 1], 7)], labels))
            .Should().Throw<MentorException>().WithMessage("*'mentor 0'*2 classes*[4, 5]*");
        FluentActions.Invoking(() => new Classroom<Tensor, Tensor>([Given("m", Partial)], new Blind()))
            .Should().Throw<ArgumentException>().WithMessage("*'m'*class map*Blind*");
    }

    [Test]
    public void Leaves_no_tensor_behind()
    {
        using var classroom = new Classroom([Given("a", Partial), Given("b", null)]);
        var (student, labels) = (Classes.Logits(1, Batch, Categories), Classes.Labels(2, Batch, Categories));
        Tensor[] answers = [Classes.Logits(3, Batch, 7), Classes.Logits(4, Batch, Categories)];
        void Step()
        {
            using var step = NewDisposeScope();
            using var leaf = student.detach().requires_grad_();
            classroom.Teach(leaf, answers, labels).Loss.backward();
            leaf.grad?.Dispose();
        }
        Step();
        var before = LiveTensors.Settled();
        for (var i = 0; i < 5; i++)
            Step();
        Tensor.TotalCount.Should().Be(before);
    }

    [Test]
    public void A_container_can_state_it()
    {
        var services = new ServiceCollection();
        services.AddClassroom("a").AddMentor("big", _ => nn.Linear(4, 7), new MentorOptions { Classes = Partial });
        using var provider = services.BuildServiceProvider();
        var classroom = provider.GetRequiredKeyedService<Classroom>("a");
        classroom.Mentors[0].Classes.Should().BeSameAs(Partial);
        classroom.Teach(randn(8, 4), randn(8, Categories, requires_grad: true), randint(0, Categories, [8])).Loss.Number()
            .Should().BePositive();
    }

    private sealed class PlainLoss : ILogitsDistillationLoss
    {
        public Tensor PerSample(in LogitsLossArguments arguments)
        {
            arguments.TargetDistribution.shape.Should().Equal(arguments.Student.shape);
            arguments.TargetDistribution.sum(1).Doubles().Should().OnlyContain(sum => Math.Abs(sum - 1) < 1e-9);
            var t = arguments.Temperatures.unsqueeze(1);
            Tensor said = (arguments.Mentor / t).log_softmax(1), own = (arguments.Student / t).log_softmax(1);
            return (said.exp() * (said - own)).sum(1) * arguments.Temperatures * arguments.Temperatures;
        }
    }

    private sealed class Blind : IDistillationTask<Tensor, Tensor>
    {
        public IDistillationStep Begin(in StepArguments<Tensor, Tensor> arguments) => throw new NotSupportedException();
    }
}
