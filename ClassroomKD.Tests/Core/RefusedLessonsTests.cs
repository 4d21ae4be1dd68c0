namespace ClassroomKD.Tests.Core;

/// <summary>What a lesson cannot be given with is refused by name, where it would spoil the student or end in a trace of C++.</summary>
public sealed class RefusedLessonsTests : TensorFixture
{
    private sealed class Ranks(Func<Tensor, Ranking> rank) : IMentorRanker
    {
        public Ranking Rank(in RankingArguments arguments) => rank(arguments.Assessment.Performances);
    }

    private sealed class Paces(Func<Tensor, LearningPace> schedule) : ILearningPaceScheduler
    {
        public LearningPace Schedule(in PacingArguments arguments) => schedule(arguments.Ranking.Weights);
    }

    private static Lesson Taught(Classroom classroom, Tensor? student = null, Tensor? labels = null) => classroom.Teach(
        student ?? Classes.Learning(Classes.Logits(1, 4, 5)), [Classes.Logits(2, 4, 5), Classes.Logits(3, 4, 5)],
        labels ?? Classes.Labels(4, 4, 5));

    private static Ranks Weighted(Func<Tensor, Tensor> weights) =>
        new(c => new() { Ranks = c, Weights = weights(ones_like(c.narrow(0, 1, 2))) });

    [Test]
    public void A_task_of_its_own_refuses_answers_that_are_no_logits_or_lie_on_another_device()
    {
        var (logits, labels) = (Classes.Logits(1, 4, 5), Classes.Labels(4, 4, 5));
        void Refused<TException>(Tensor student, Tensor mentor, string message)
            where TException : Exception =>
            FluentActions.Invoking(() => new LogitsTask().Begin(new() { Student = student, Targets = labels, Mentors = [mentor] }))
                .Should().Throw<TException>().WithMessage(message);
        Refused<ArgumentException>(labels, logits, "Floating-point logits [B, C] were expected of the student, got Int64 [4]*");
        Refused<ArgumentException>(logits.to(ScalarType.Int64), logits, "Floating-point logits*got Int64 [4, 5]*");
        Refused<ArgumentException>(logits.unsqueeze(2), logits, "Floating-point logits*got Float64 [4, 5, 1]*");
        Refused<MentorException>(logits, logits.narrow(1, 0, 4), "Mentor 0 answered Float64 [4, 4]*[4, 5] were expected*");
        Refused<MentorException>(logits, logits.to(META), "Mentor 0 answered on meta, but the student on cpu; both must be on one device.");
    }

    [TestCase(double.NaN)]
    [TestCase(-0.5)]
    [TestCase(double.PositiveInfinity)]
    public void A_weight_that_is_none_names_its_ranker(double weight)
    {
        using var classroom = new Classroom(Classes.Mentors(2), ranker: Weighted(ones => ones.index_fill(1, tensor(1L), weight)));
        FluentActions.Invoking(() => Taught(classroom)).Should().Throw<InvalidOperationException>()
            .WithMessage("Ranks returned Weights*finite numbers of at least 0 were expected.");
    }

    [TestCase(double.NaN, false)]
    [TestCase(0, false)]
    [TestCase(-4, false)]
    [TestCase(0, true)]
    public void A_temperature_that_is_none_names_its_pace(double temperature, bool ofStudent)
    {
        var pace = new Paces(weights => new()
        {
            Temperatures = ofStudent ? ones_like(weights) : full_like(weights, temperature),
            StudentTemperatures = ofStudent ? full_like(weights, temperature) : null,
        });
        using var classroom = new Classroom(Classes.Mentors(2), ranker: Weighted(ones => ones), pace: pace);
        FluentActions.Invoking(() => Taught(classroom)).Should().Throw<InvalidOperationException>()
            .WithMessage($"Paces returned {(ofStudent ? "StudentTemperatures" : "Temperatures")}*finite numbers above 0 were expected.");
    }

    [TestCase(double.NaN)]
    [TestCase(-1)]
    [TestCase(double.PositiveInfinity)]
    public void Later_a_mentor_does_not_teach_where_its_weight_is_none(double weight)
    {
        var lessons = 0;
        using var classroom = new Classroom(
            Classes.Mentors(2), new() { Preset = ClassroomPreset.Sample },
            ranker: Weighted(ones => ++lessons == 1 ? ones : ones.index_fill(1, tensor(1L), weight)));
        Taught(classroom);
        var lesson = Taught(classroom);

        lesson.Loss.isfinite().item<bool>().Should().BeTrue();
        lesson.Weights.Doubles().Should().Equal(1, 0, 1, 1, 1, 0, 1, 1);
        lesson.Temperatures.select(1, 1).ShouldBe([1, 1]);
    }

    [Test]
    public void A_disposed_classroom_teaches_no_more()
    {
        using var mentor = new Mentor("m", x => x);
        var classroom = new Classroom([mentor]);
        classroom.Dispose();
        var student = Classes.Learning(Classes.Logits(1, 4, 5));
        classroom.Invoking(room => room.Teach(student, student, Classes.Labels(4, 4, 5))).Should().Throw<ObjectDisposedException>();
        classroom.Invoking(room => room.Teach(student, [student], Classes.Labels(4, 4, 5))).Should().Throw<ObjectDisposedException>();
        classroom.Invoking(room => room.ReadReport()).Should().Throw<ObjectDisposedException>();
        classroom.Dispose();
    }

    [Test]
    public void Answers_given_before_that_are_gone_are_named()
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var (good, gone) = (Classes.Logits(1, 4, 5), Classes.Logits(2, 4, 5));
        gone.Dispose();
        var labels = Classes.Labels(4, 4, 5);
        FluentActions.Invoking(() => classroom.Teach(Classes.Learning(good), [good, gone], labels))
            .Should().Throw<MentorException>().WithMessage("*'mentor 1'*disposed*");
        FluentActions.Invoking(() => classroom.Teach(Classes.Learning(good), [null!, good], labels))
            .Should().Throw<MentorException>().WithMessage("*'mentor 0'*null*");
        FluentActions.Invoking(() => classroom.Teach(gone, [good, good], labels))
            .Should().Throw<ArgumentException>().WithMessage("*student*disposed*");
    }

    [TestCase(5, 0.0)]
    [TestCase(5, 0.1)]
    [TestCase(-1, 0.1)]
    public void A_label_out_of_range_is_named_with_smoothing_too(long label, double smoothing)
    {
        using var classroom = new Classroom(Classes.Mentors(2), task: new LogitsTask(new() { LabelSmoothing = smoothing }));
        FluentActions.Invoking(() => Taught(classroom, labels: tensor(new long[] { 0, 1, label, 2 })))
            .Should().Throw<ArgumentException>().WithMessage($"*row 2 holds class {label}; 0 to 4*");
    }

    [TestCase(0, -0.25, 1.25, "row 2 * sum to 1, the least is -0.25")]
    [TestCase(0, 10, 10, "row 2 * sum to 20, the least is 0")]
    [TestCase(0, 0.4, 0.4, "row 2 * sum to 0.8*, the least is 0;")]
    [TestCase(0, double.NaN, 1, "row 2 * NaN")]
    [TestCase(0, double.PositiveInfinity, 0, "row 2 * sum to Infinity,")]
    [TestCase(1e30, -1e30, 1, "row 2 * the least is -1E+30")]
    public void Targets_that_are_no_distribution_are_named_in_every_lesson(double first, double second, double third, string message)
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        foreach (var type in (ScalarType[])[ScalarType.Float64, ScalarType.Float32, ScalarType.BFloat16])
        {
            var targets = Classes.Logits(4, 4, 5).softmax(1);
            Taught(classroom, labels: targets.to(type));
            targets[2] = tensor([first, second, third, 0, 0]);
            FluentActions.Invoking(() => Taught(classroom, labels: targets.to(type)))
                .Should().Throw<ArgumentException>().WithMessage($"Targets: {message}*");
        }
    }

    [Test]
    public void Half_precision_rounds_a_distribution_without_spoiling_it(
        [Values(ScalarType.Float16, ScalarType.BFloat16)] ScalarType type, [Values(5, 1000)] int classes,
        [Values(0.1, 1, 10)] double sharpness)
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var targets = Classes.Logits(4, 64, classes).mul(sharpness).to(type).softmax(1);
        var answers = (Tensor[])[Classes.Logits(2, 64, classes), Classes.Logits(3, 64, classes)];
        classroom.Teach(Classes.Learning(Classes.Logits(1, 64, classes)), answers, targets).Loss.Number().Should().BePositive();
    }

    [Test]
    public void A_graph_is_not_lost_where_no_gradient_is_tracked()
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var student = Classes.Learning(Classes.Logits(1, 4, 5));
        using (no_grad())
            FluentActions.Invoking(() => Taught(classroom, student))
                .Should().Throw<InvalidOperationException>().WithMessage("*no_grad*would have none*");
    }

    [Test]
    public void A_batch_without_samples_costs_nothing([Values] ClassroomPreset preset)
    {
        using var classroom = new Classroom(Classes.Mentors(1), new() { Preset = preset });
        var student = zeros([0, 5], requires_grad: true);
        var lesson = classroom.Teach(student, [zeros(0, 5)], zeros([0], ScalarType.Int64));
        lesson.Loss.backward();
        lesson.Loss.Number().Should().Be(0);
        classroom.ReadReport().Samples.Should().Be(0);
    }
}
