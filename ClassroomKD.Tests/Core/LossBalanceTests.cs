namespace ClassroomKD.Tests.Core;

/// <summary>How much labels and mentors count: coefficient, factor, normalization, bounded temperatures.</summary>
public sealed class LossBalanceTests : TensorFixture
{
    private readonly int[] seeds = [1, 2, 3];
    private Tensor[] answers = null!;
    private Tensor student = null!;
    private Tensor labels = null!;

    [SetUp]
    public void Draw()
    {
        answers = [.. seeds.Select(seed => Classes.Logits(seed, 8, 4))];
        (student, labels) = (Classes.Logits(9, 8, 4).requires_grad_(), Classes.Labels(8, 8, 4));
    }

    private Lesson Lesson(ClassroomOptions options, LogitsTaskOptions? task = null) =>
        Classes.Lesson(student, answers, labels, options, task);

    [Test]
    public void A_coefficient_of_zero_leaves_the_mentors_alone()
    {
        var lesson = Lesson(new() { Preset = ClassroomPreset.Batch, TaskCoefficient = TaskCoefficient.Zero });
        lesson.TaskLoss.Number().Should().Be(0);
        lesson.PlainTaskLoss.Number().Should().BePositive();
        lesson.Loss.Number().Should().BeApproximately(lesson.MentorLosses.sum(dim: 0).mean().Number(), 1e-12);

        var hopeless = full([8, 4], double.NegativeInfinity, ScalarType.Float64).index_fill(1, tensor(new long[] { 3 }), 0.0);
        var lost = Classes.Lesson(hopeless, answers, zeros(8, ScalarType.Int64), new() { TaskCoefficient = TaskCoefficient.Zero });
        lost.TaskLoss.Number().Should().Be(0, "not 0 times infinity");
    }

    [Test]
    public void A_constant_coefficient_and_a_factor_weigh_the_two_parts()
    {
        var one = Lesson(new() { TaskCoefficient = TaskCoefficient.One });
        var mixed = Lesson(new() { ConstantTaskCoefficient = 0.1 }, new() { DistillationFactor = 0.9 });
        mixed.Loss.Number().Should().BeApproximately(
            0.1 * one.TaskLoss.Number() + 0.9 * one.MentorLosses.sum(dim: 0).mean().Number(), 1e-12);
        mixed.MentorLosses.ShouldEqual(one.MentorLosses * 0.9, 1e-9, "the mentors' parts", absolute: 1e-14);
        mixed.Weights.ShouldBeBitwiseEqual(one.Weights, "weights are those of the ranker");
    }

    [Test]
    public void Normalized_weights_add_up_to_one_where_anybody_teaches()
    {
        answers[0][2] = double.NaN;
        var lesson = Lesson(new() { Preset = ClassroomPreset.Sample, NormalizeWeights = true });
        var plain = Lesson(new() { Preset = ClassroomPreset.Sample });
        var sums = lesson.Weights.sum(dim: 0).Doubles();
        sums.Should().OnlyContain(sum => sum == 0 || Math.Abs(sum - 1) < 1e-12).And.Contain(sum => sum > 0);
        lesson.Weights.ne(Scalars.Zero).ShouldBeBitwiseEqual(plain.Weights.ne(Scalars.Zero), "the same mentors teach");
        lesson.Weights[0, 2].Number().Should().Be(0);
        lesson.Ranks.ShouldBeBitwiseEqual(plain.Ranks, "ranks, and so temperatures, are as they were");
    }

    [Test]
    public void Weights_that_fade_are_not_normalized_again()
    {
        var options = new ClassroomOptions { Preset = ClassroomPreset.Recommended };
        using var classroom = new Classroom(
            Classes.Mentors(answers.Length), options, ranker: new FadingRanker(steps: 10, end: 0.25, inner: options.CreateRanker()))
        {
            Step = 10,
        };
        var lesson = classroom.Teach(Classes.Learning(student), answers, labels);

        lesson.Weights.sum(dim: 0).Doubles().Should().OnlyContain(sum => sum == 0 || Math.Abs(sum - 0.25) < 1e-12);
        lesson.Weights.ne(Scalars.Zero).ShouldBeBitwiseEqual(Lesson(options).Weights.ne(Scalars.Zero), "the same mentors teach");
    }

    [Test]
    public void Normalizing_is_the_default_rankers_affair()
    {
        var options = new ClassroomOptions { NormalizeWeights = true };
        FluentActions.Invoking(() => new Classroom(Classes.Mentors(2), options, ranker: new TopKRanker(1)))
            .Should().Throw<ArgumentException>().WithMessage("*NormalizeWeights*TopKRanker*NormalizedRanker*");
        using var classroom = new Classroom(Classes.Mentors(2), options, ranker: new NormalizedRanker(new TopKRanker(1)));
        using var own = new Classroom(Classes.Mentors(2), ranker: new KnowledgeFilteringRanker(new() { Filter = false }));
        own.Teach(Classes.Learning(Classes.Logits(1, 4, 3)), [Classes.Logits(2, 4, 3), Classes.Logits(3, 4, 3)], Classes.Labels(1, 4, 3))
            .Weights.Doubles().Should().OnlyContain(weight => weight == 1, "a ranker that was given has the weights that it says");
    }

    [Test]
    public void A_highest_temperature_bounds_the_others_and_changes_none_below()
    {
        var free = Lesson(new() { Preset = ClassroomPreset.Sample }).Temperatures.Doubles();
        var bounded = Lesson(new() { Preset = ClassroomPreset.Sample, Pace = { MaxTemperature = 3 } }).Temperatures.Doubles();
        free.Max().Should().BeGreaterThan(3);
        bounded.Should().Equal(free.Select(temperature => Math.Min(3, temperature)));
    }

    [Test]
    public void Recommended_is_Batch_with_full_labels_normalized_weights_and_bounded_temperatures()
    {
        var recommended = Lesson(new() { Preset = ClassroomPreset.Recommended });
        var stated = Lesson(new()
        {
            Preset = ClassroomPreset.Batch, TaskCoefficient = TaskCoefficient.One, NormalizeWeights = true, Pace = { MaxTemperature = 4 },
        });
        recommended.Loss.ShouldBeBitwiseEqual(stated.Loss, "the loss");
        recommended.Weights.ShouldBeBitwiseEqual(stated.Weights, "weights");
        recommended.Temperatures.ShouldBeBitwiseEqual(stated.Temperatures, "temperatures");

        var own = Lesson(new()
        {
            Preset = ClassroomPreset.Recommended, TaskCoefficient = TaskCoefficient.StudentPerformance, NormalizeWeights = false,
            Pace = { MaxTemperature = 13 },
        });
        own.Loss.ShouldBeBitwiseEqual(Lesson(new() { Preset = ClassroomPreset.Batch }).Loss, "what is stated goes before the preset");
    }

    [Test]
    public void Contradictions_are_refused()
    {
        FluentActions.Invoking(() => Lesson(new() { TaskCoefficient = TaskCoefficient.One, ConstantTaskCoefficient = 0.5 }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*ConstantTaskCoefficient*");
        FluentActions.Invoking(() => Lesson(new() { TaskCoefficient = (TaskCoefficient)9 }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>().WithMessage("*TaskCoefficient*");
        FluentActions.Invoking(() => Lesson(new() { ConstantTaskCoefficient = -1 }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
        FluentActions.Invoking(() => Lesson(new(), new() { DistillationFactor = -1 }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
        FluentActions.Invoking(() => Lesson(new() { Pace = { MaxTemperature = 0.5 } }))
            .Should().Throw<Microsoft.Extensions.Options.OptionsValidationException>();
    }
}
