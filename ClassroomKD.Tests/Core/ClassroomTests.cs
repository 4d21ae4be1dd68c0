namespace ClassroomKD.Tests.Core;

public sealed class ClassroomTests : TensorFixture
{
    [Test]
    public void No_mentor_is_refused() =>
        FluentActions.Invoking(() => new Classroom([])).Should().Throw<ArgumentException>().WithMessage("*at least one*");

    [Test]
    public void Two_mentors_of_one_name_are_refused() =>
        FluentActions.Invoking(() => new Classroom([new Mentor("twin", x => x), new Mentor("twin", x => x)]))
            .Should().Throw<ArgumentException>().WithMessage("*'twin'*");

    [Test]
    public void Wrong_number_of_answers_is_refused()
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var student = Classes.Logits(1, 4, 5);
        classroom.Invoking(room => room.Teach(student, [student], Classes.Labels(1, 4, 5)))
            .Should().Throw<ArgumentException>().WithMessage("*2 mentors*as many answers, got 1*");
    }

    [Test]
    public void Answer_without_a_graph_is_refused_unless_nobody_learns()
    {
        using var classroom = new Classroom(Classes.Mentors(1));
        var student = Classes.Logits(1, 4, 5);
        var teaching = () => classroom.Teach(student, [student], Classes.Labels(1, 4, 5));

        teaching.Should().Throw<ArgumentException>().WithMessage("*no graph*also a mentor's*");
        using (no_grad())
            teaching.Should().NotThrow();
    }

    [Test]
    public void Answer_whose_tensors_cannot_be_found_is_refused_when_its_model_is_made()
    {
        FluentActions.Invoking(() => new Mentor<Tensors>("lossy", x => new(x)))
            .Should().Throw<ArgumentException>().WithMessage("'lossy'*Tensors*cannot be found*");
        FluentActions.Invoking(() => new Mentor<(Tensor, string)>("half", x => (x, "")))
            .Should().Throw<ArgumentException>().WithMessage("'half'*");
        FluentActions.Invoking(() => new Mentor<(Tensor, Tensor[])>("whole", x => (x, [x]))).Should().NotThrow();
        FluentActions.Invoking(() => new Mentor<IReadOnlyList<Tensor>>("list", x => [x])).Should().NotThrow();
    }

    private sealed record Tensors(Tensor First);

    [Test]
    public void Mentor_of_another_shape_is_named_with_both_shapes()
    {
        var student = Classes.Logits(1, 4, 5);
        FluentActions.Invoking(() => Classes.Lesson(student, [student, Classes.Logits(2, 4, 6)], Classes.Labels(1, 4, 5)))
            .Should().Throw<MentorException>().WithMessage("*'mentor 1'*[4, 6]*[4, 5]*");
    }

    [Test]
    public void Targets_of_another_form_are_refused_with_their_form()
    {
        var student = Classes.Logits(1, 4, 5);
        FluentActions.Invoking(() => Classes.Lesson(student, [student], tensor(new[] { 1, 2, 3, 0 })))
            .Should().Throw<ArgumentException>().WithMessage("*int64*Int32*[4]*");
    }

    [Test]
    public void Mentor_identical_to_the_student_teaches_at_temperature_one_and_costs_nothing()
    {
        var student = Classes.Logits(3, 6, 5);
        var lesson = Classes.Lesson(student, [student.clone()], student.argmax(1), new() { Preset = ClassroomPreset.Sample });
        lesson.Weights.Doubles().Should().OnlyContain(weight => weight > 0);
        lesson.Temperatures.Doubles().Should().OnlyContain(temperature => temperature == 1);
        lesson.MentorLosses.abs().max().Number().Should().BeLessThan(1e-12);
    }

    [TestCase(ScalarType.Float32)]
    [TestCase(ScalarType.Float64)]
    public void Where_nobody_knows_anything_no_mentor_teaches_and_nothing_is_nan(ScalarType type)
    {
        var wrong = tensor(new double[,] { { 1e4, -1e4, 0 }, { 1e4, -1e4, 0 } }, dtype: type);
        var student = wrong.clone().requires_grad_();
        var lesson = Classes.Lesson(student, [wrong, wrong], tensor(new long[] { 1, 1 }), new() { Preset = ClassroomPreset.Sample });
        lesson.Loss.backward();
        lesson.Performances.Doubles().Should().OnlyContain(c => c == 0);
        lesson.Ranks.Doubles().Should().OnlyContain(rank => rank == 0);
        lesson.Weights.Doubles().Should().OnlyContain(weight => weight == 0);
        lesson.Temperatures.Doubles().Should().OnlyContain(temperature => temperature == 1);
        lesson.Loss.Number().Should().Be(0);
        student.grad!.Doubles().Should().OnlyContain(slope => slope == 0);
    }

    [TestCase(double.NaN)]
    [TestCase(double.PositiveInfinity)]
    public void Unusable_answer_teaches_nothing_on_its_samples_and_is_counted(double poison)
    {
        var student = Classes.Logits(1, 4, 5).requires_grad_();
        Tensor good = Classes.Logits(2, 4, 5), bad = Classes.Logits(3, 4, 5);
        bad[1, 2] = poison;
        var labels = Classes.Labels(4, 4, 5);
        foreach (var preset in Enum.GetValues<ClassroomPreset>())
        {
            using var classroom = new Classroom(Classes.Mentors(2), new() { Preset = preset });
            var lesson = classroom.Teach(student, [good, bad], labels);
            lesson.Loss.backward();
            double.IsFinite(lesson.Loss.Number()).Should().BeTrue(preset.ToString());
            student.grad!.isfinite().all().item<bool>().Should().BeTrue(preset.ToString());
            lesson.Weights[1, 1].Number().Should().Be(0);
            lesson.Performances[2, 1].Number().Should().Be(0);
            classroom.ReadReport().Mentors.Select(mentor => mentor.NonFiniteAnswers).Should().Equal(0, 1);
        }
    }

    [Test]
    public void Samples_that_do_not_count_change_nothing([Values] ClassroomPreset preset)
    {
        var student = Classes.Logits(1, 6, 5).requires_grad_();
        Tensor[] answers = [Classes.Logits(2, 6, 5), Classes.Logits(3, 6, 5)];
        var labels = Classes.Labels(4, 6, 5);
        var some = tensor(new long[] { 0, 2, 3, 5 });
        labels[1] = -100L;
        labels[4] = -100L;
        var lesson = Classes.Lesson(student, answers, labels, new() { Preset = preset });
        lesson.Loss.backward();
        var gradient = student.grad!.clone();
        student.grad.zero_();
        var without = Classes.Lesson(
            student.index_select(0, some), [.. answers.Select(answer => answer.index_select(0, some))],
            labels.index_select(0, some), new() { Preset = preset });
        without.Loss.backward();

        lesson.Loss.ShouldEqual(without.Loss, 1e-12, "loss");
        gradient.ShouldEqual(student.grad, 1e-12, "gradient");
        lesson.Weights[TensorIndex.Colon, 1].Doubles().Should().OnlyContain(weight => weight == 0);
    }

    [Test]
    public void Batch_in_which_no_sample_counts_costs_nothing()
    {
        var student = Classes.Logits(1, 3, 5).requires_grad_();
        var lesson = Classes.Lesson(student, [Classes.Logits(2, 3, 5)], full([3], -100L, dtype: ScalarType.Int64));
        lesson.Loss.backward();
        lesson.Loss.Number().Should().Be(0);
        student.grad!.Doubles().Should().OnlyContain(slope => slope == 0);
    }

    [Test]
    public void One_hot_distributions_teach_as_class_indices_do([Values] ClassroomPreset preset)
    {
        var student = Classes.Logits(1, 6, 5);
        Tensor[] answers = [Classes.Logits(2, 6, 5), Classes.Logits(3, 6, 5)];
        var labels = Classes.Labels(4, 6, 5);
        var hard = Classes.Lesson(student, answers, labels, new() { Preset = preset });
        var soft = Classes.Lesson(student, answers, nn.functional.one_hot(labels, 5).to(ScalarType.Float64), new() { Preset = preset });
        soft.Loss.ShouldEqual(hard.Loss, 1e-12, "loss");
        soft.Performances.ShouldEqual(hard.Performances, 1e-12, "performances");
    }

    [Test]
    public void Label_smoothing_is_the_smoothed_distribution()
    {
        var student = Classes.Logits(1, 6, 5);
        Tensor[] answers = [Classes.Logits(2, 6, 5)];
        var labels = Classes.Labels(4, 6, 5);
        var smoothed = Classes.Lesson(student, answers, labels, new() { Preset = ClassroomPreset.Sample }, new() { LabelSmoothing = 0.1 });
        var distribution = nn.functional.one_hot(labels, 5).to(ScalarType.Float64) * 0.9 + 0.02;
        var soft = Classes.Lesson(student, answers, distribution, new() { Preset = ClassroomPreset.Sample });
        smoothed.Loss.ShouldEqual(soft.Loss, 1e-12, "loss");
        smoothed.Performances[0].ShouldEqual((student.log_softmax(1) * distribution).sum(1).exp(), 1e-12, "performance is exp(-CE)");
    }

    [Test]
    public void Huge_logits_give_finite_loss_and_gradient(
        [Values] ClassroomPreset preset, [Values(ScalarType.Float32, ScalarType.Float64)] ScalarType type)
    {
        var student = Classes.Logits(1, 6, 5, type).mul(3e3).requires_grad_();
        Tensor[] answers = [Classes.Logits(2, 6, 5, type).mul(3e3), Classes.Logits(3, 6, 5, type)];
        var lesson = Classes.Lesson(student, answers, Classes.Labels(4, 6, 5), new() { Preset = preset });
        lesson.Loss.backward();
        double.IsFinite(lesson.Loss.Number()).Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
    }

    [TestCase(ScalarType.BFloat16)]
    [TestCase(ScalarType.Float16)]
    public void Half_precision_answers_are_computed_in_float32(ScalarType type)
    {
        var labels = Classes.Labels(4, 6, 5);
        Tensor student = Classes.Logits(1, 6, 5).to(type), mentor = Classes.Logits(2, 6, 5).to(type);
        var half = Classes.Lesson(student, [mentor], labels);
        var full = Classes.Lesson(student.to(ScalarType.Float32), [mentor.to(ScalarType.Float32)], labels);
        half.Loss.dtype.Should().Be(ScalarType.Float32);
        half.Loss.ShouldEqual(full.Loss, 1e-6, "loss");
    }

    [Test]
    public void Ablations_are_reached_by_options_alone()
    {
        var student = Classes.Logits(1, 8, 5);
        Tensor[] answers = [Classes.Logits(2, 8, 5), Classes.Logits(3, 8, 5)];
        var labels = Classes.Labels(4, 8, 5);
        var average = Classes.Lesson(student, answers, labels, new()
        {
            Preset = ClassroomPreset.Paper, Ranking = { Filter = false }, ConstantTemperature = 4, TaskCoefficient = TaskCoefficient.One,
        });
        average.Weights.Doubles().Should().OnlyContain(weight => weight == 1);
        average.Temperatures.Doubles().Should().OnlyContain(temperature => temperature == 4);
        average.TaskLoss.ShouldEqual(nn.functional.cross_entropy(student, labels), 1e-12, "plain cross-entropy");

        var order = Classes.Lesson(
            student, answers, labels, new() { Preset = ClassroomPreset.Sample, Ranking = { Weighting = RankWeighting.Position } });
        order.Ranks.Doubles().Should().OnlyContain(rank => rank == 0.1 || rank == 0.2 || rank == 0.3);
    }

    [Test]
    public void Removing_an_inactive_mentor_changes_only_the_normalisation()
    {
        var student = Classes.Logits(1, 8, 5) * 0.1;
        var labels = Classes.Labels(4, 8, 5);
        var good = nn.functional.one_hot(labels, 5).to(ScalarType.Float64) * 3;
        var hopeless = good * -5;
        var both = Classes.Lesson(student, [good, hopeless], labels, new() { Preset = ClassroomPreset.Paper });
        var alone = Classes.Lesson(student, [good], labels, new() { Preset = ClassroomPreset.Paper });
        both.Weights[1].Doubles().Should().OnlyContain(weight => weight == 0);
        both.Temperatures[0].ShouldEqual(alone.Temperatures[0], 1e-12, "temperatures do not change");
        var normalisation = both.Ranks[1] / alone.Ranks[1];
        both.MentorLosses[0].ShouldEqual(alone.MentorLosses[0] * normalisation, 1e-12, "losses change with the rank alone");
    }

    [Test]
    public void Permuting_mentors_permutes_what_they_get() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[2, 5], Gen.Int[1, 9], Gen.Int[2, 7], Gen.Enum<ClassroomPreset>())
            .Sample((seed, count, batch, categories, preset) =>
            {
                using var inner = NewDisposeScope();
                var student = Classes.Logits(seed, batch, categories);
                var answers = Enumerable.Range(1, count).Select(m => Classes.Logits(seed + m, batch, categories)).ToArray();
                var labels = Classes.Labels(seed, batch, categories);
                var order = Enumerable.Range(0, count).Reverse().ToArray();
                var straight = Classes.Lesson(student, answers, labels, new() { Preset = preset });
                var reversed = Classes.Lesson(student, [.. order.Select(m => answers[m])], labels, new() { Preset = preset });
                reversed.Weights.ShouldEqual(straight.Weights.flip(0), 1e-12, "weights");
                reversed.Temperatures.ShouldEqual(straight.Temperatures.flip(0), 1e-12, "temperatures");
                reversed.Loss.ShouldEqual(straight.Loss, 1e-12, "loss");
            }, iter: 60, threads: 1);

    [Test]
    public void Ranks_add_up_to_the_number_of_mentors() =>
        Gen.Select(Gen.Int[0, 10_000], Gen.Int[1, 6], Gen.Int[1, 9]).Sample((seed, count, batch) =>
        {
            using var inner = NewDisposeScope();
            var lesson = Classes.Lesson(
                Classes.Logits(seed, batch, 5),
                [.. Enumerable.Range(1, count).Select(m => Classes.Logits(seed + m, batch, 5))], Classes.Labels(seed, batch, 5));
            lesson.Ranks.sum(0L).Doubles().Should().AllSatisfy(sum => sum.Should().BeApproximately(count, 1e-9));
        }, iter: 40, threads: 1);

    [Test]
    public void Temperatures_scale_with_tau()
    {
        var student = Classes.Logits(1, 8, 5);
        Tensor[] answers = [Classes.Logits(2, 8, 5), Classes.Logits(3, 8, 5)];
        var labels = Classes.Labels(4, 8, 5);
        var four = Classes.Lesson(student, answers, labels, new() { Pace = { Tau = 4 } });
        var eight = Classes.Lesson(student, answers, labels, new() { Pace = { Tau = 8 } });
        (eight.Temperatures - 1).ShouldEqual((four.Temperatures - 1) * 2, 1e-12, "T - 1 is proportional to tau");
    }

    [Test]
    public void Gradient_equals_finite_differences([Values] ClassroomPreset preset)
    {
        var labels = Classes.Labels(4, 4, 5);
        Tensor[] answers = [Classes.Logits(2, 4, 5), Classes.Logits(3, 4, 5)];
        var student = Classes.Logits(1, 4, 5).requires_grad_();
        var task = new LogitsTask();
        using var classroom = new Classroom(Classes.Mentors(2), new() { Preset = preset }, task);
        var lesson = classroom.Teach(student, answers, labels);
        lesson.Loss.backward();

        // The loss with c, r, gate and T held constant, as the method has it.
        var coefficients = preset == ClassroomPreset.Recommended ? ones_like(lesson.Performances[0]) : lesson.Performances[0];
        double Loss(Tensor logits)
        {
            var step = task.Begin(new() { Student = logits, Mentors = answers, Targets = labels });
            var distillation = step.Distill(new() { Weights = lesson.Weights, Temperatures = lesson.Temperatures });
            return ((step.TaskLoss() * coefficients).sum() + distillation.Total).Number() / labels.size(0);
        }

        const double Step = 1e-5;
        var slopes = zeros_like(student);
        using (no_grad())
            for (var i = 0; i < 4; i++)
                for (var c = 0; c < 5; c++)
                {
                    Tensor up = student.detach().clone(), down = student.detach().clone();
                    up[i, c] += Step;
                    down[i, c] -= Step;
                    slopes[i, c] = (Loss(up) - Loss(down)) / (2 * Step);
                }
        student.grad!.ShouldEqual(slopes, 1e-6, "gradient");
    }
}
