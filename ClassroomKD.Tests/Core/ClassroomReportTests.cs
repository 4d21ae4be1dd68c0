namespace ClassroomKD.Tests.Core;

public sealed class ClassroomReportTests : TensorFixture
{
    [Test]
    public void Report_tells_who_taught_whom_and_starts_anew()
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var lessons = Enumerable.Range(0, 3).Select(step => classroom.Teach(
            Classes.Learning(Classes.Logits(step, 8, 5)),
            [Classes.Logits(step + 10, 8, 5), Classes.Logits(step + 20, 8, 5)], Classes.Labels(step, 8, 5))).ToList();
        var report = classroom.ReadReport();
        report.Lessons.Should().Be(3);
        report.Samples.Should().Be(24);
        for (var m = 0; m < 2; m++)
        {
            var weights = lessons.SelectMany(lesson => lesson.Weights[m].Doubles()).ToList();
            var temperatures = lessons.SelectMany(lesson => lesson.Temperatures[m].Doubles()).ToList();
            var taught = weights.Count(weight => weight > 0);
            report.Mentors[m].TaughtShare.Should().BeApproximately(taught / 24.0, 1e-12);
            report.Mentors[m].MeanWeight.Should().BeApproximately(weights.Sum() / taught, 1e-9);
            report.Mentors[m].MeanTemperature.Should().BeApproximately(temperatures.Where((_, i) => weights[i] > 0).Average(), 1e-9);
            report.Mentors[m].MeanLoss.Should().BeApproximately(lessons.Average(lesson => lesson.MentorLosses[m].mean().Number()), 1e-9);
        }
        report.MentorLoss.Should().BeApproximately(report.Mentors.Sum(mentor => mentor.MeanLoss), 1e-12);
        report.PlainTaskLoss.Should().BeApproximately(lessons.Average(lesson => lesson.PlainTaskLoss.Number()), 1e-9);
        report.TaskLoss.Should().BeApproximately(lessons.Average(lesson => lesson.TaskLoss.Number()), 1e-9);
        classroom.ReadReport().Lessons.Should().Be(0);
    }

    [Test]
    public void Report_tells_gap_agreement_and_where_the_student_is_ahead()
    {
        using var classroom = new Classroom(Classes.Mentors(2), new() { Preset = ClassroomPreset.Paper });
        var (student, labels) = (Classes.Learning(Classes.Logits(1, 16, 3)), Classes.Labels(1, 16, 3));
        Tensor[] mentors = [Classes.Logits(2, 16, 3), Classes.Logits(3, 16, 3)];
        mentors[1][4] = double.NaN;

        var lesson = classroom.Teach(student, mentors, labels);
        var report = classroom.ReadReport();

        report.PlainTaskLoss.Should().BeApproximately(nn.functional.cross_entropy(student, labels).Number(), 1e-9);
        report.Mentors.Select(mentor => mentor.EligibleShare).Should().Equal(1, 15 / 16.0);
        for (var m = 0; m < 2; m++)
        {
            var (own, other) = (lesson.Performances[0].Doubles(), lesson.Performances[1 + m].Doubles());
            var usable = Enumerable.Range(0, 16).Where(i => m == 0 || i != 4).ToList();
            var (mine, theirs) = (student.argmax(1).data<long>().ToArray(), mentors[m].argmax(1).data<long>().ToArray());
            report.Mentors[m].Agreement.Should().BeApproximately(usable.Average(i => mine[i] == theirs[i] ? 1 : 0), 1e-12);
            report.Mentors[m].StudentAheadShare.Should().BeApproximately(usable.Average(i => own[i] > other[i] ? 1 : 0), 1e-12);
            var weights = lesson.Weights[m].Doubles();
            var taught = usable.Where(i => weights[i] > 0).ToList();
            report.Mentors[m].MeanGap.Should().BeApproximately(taught.Average(i => other[i] - own[i]), 1e-9);
        }
    }

    [Test]
    public void A_loss_of_NaN_is_counted_and_spoils_no_figure()
    {
        using var classroom = new Classroom(Classes.Mentors(1));
        var good = classroom.Teach(Classes.Learning(Classes.Logits(1, 8, 3)), [Classes.Logits(2, 8, 3)], Classes.Labels(1, 8, 3));
        using var broken = Classes.Logits(1, 8, 3);
        broken[2, 1] = double.NaN;
        classroom.Teach(Classes.Learning(broken), [Classes.Logits(2, 8, 3)], Classes.Labels(1, 8, 3)).Loss.Number().Should().Be(double.NaN);

        var report = classroom.ReadReport();

        report.NonFiniteLosses.Should().Be(1);
        report.TaskLoss.Should().BeApproximately(good.TaskLoss.Number(), 1e-9);
        report.PlainTaskLoss.Should().BeApproximately(good.PlainTaskLoss.Number(), 1e-9);
        report.MentorLoss.Should().BeApproximately(good.MentorLosses.mean().Number(), 1e-9);
        report.StudentPerformance.Should().BeInRange(0, 1);
    }

    [Test]
    public void A_mentor_that_lacks_classes_agrees_in_the_students_classes()
    {
        var map = ClassMap.FromIndices([-1, 1, 0], 2);
        using var mentor = new Mentor("part", input => input, new MentorOptions { Classes = map });
        using var classroom = new Classroom([mentor]);
        // The student predicts 1, 2, 0, 2; the mentor 1, 2, 1, 1; it does not know the last sample's class.
        var student = Classes.Learning(nn.functional.one_hot(tensor(new long[] { 1, 2, 0, 2 }), 3).to(float64));
        var answer = nn.functional.one_hot(tensor(new long[] { 1, 0, 1, 1 }), 2).to(float64);

        classroom.Teach(student, [answer], tensor(new long[] { 1, 2, 1, 0 }));
        var report = classroom.ReadReport().Mentors[0];

        report.EligibleShare.Should().Be(0.75);
        report.Agreement.Should().BeApproximately(2 / 3.0, 1e-12);
    }

    [Test]
    public void Report_tells_how_strongly_labels_and_mentors_pull_at_the_answer()
    {
        using var classroom = new Classroom(Classes.Mentors(2), new() { Preset = ClassroomPreset.Paper });
        var (labels, norms) = (Classes.Labels(1, 8, 5), new List<(double Task, double Mentors)>());
        for (var step = 0; step < 33; step++)
        {
            var student = Classes.Learning(Classes.Logits(step, 8, 5));
            var lesson = classroom.Teach(student, [Classes.Logits(step + 50, 8, 5), Classes.Logits(step + 90, 8, 5)], labels);
            lesson.Loss.backward();
            if (step % 16 != 0)
                continue;
            // The task's part is that of weighted cross-entropies, the rest is the mentors'.
            using var noGradient = no_grad();
            var task = student.softmax(1).sub(nn.functional.one_hot(labels, 5)).mul(lesson.Performances[0].unsqueeze(1)).div(8);
            norms.Add((task.norm().Number(), student.grad!.sub(task).norm().Number()));
        }

        var report = classroom.ReadReport();

        norms.Should().HaveCount(3).And.OnlyContain(norm => norm.Mentors > 0);
        report.TaskGradient.Should().BeApproximately(norms.Average(norm => norm.Task), 1e-12);
        report.MentorGradient.Should().BeApproximately(norms.Average(norm => norm.Mentors), 1e-12);
        report.MentorGradientShare.Should().BeApproximately(
            report.MentorGradient / (report.MentorGradient + report.TaskGradient), 1e-12);
        report.ToString().Should().MatchRegex("and [0-9.]+ % of the gradient");
    }

    [Test]
    public void Gradients_that_nobody_asked_for_or_that_are_NaN_are_not_told()
    {
        using var classroom = new Classroom(Classes.Mentors(1));
        using (no_grad())
            classroom.Teach(Classes.Logits(1, 8, 3), [Classes.Logits(2, 8, 3)], Classes.Labels(1, 8, 3));
        classroom.ReadReport().MentorGradient.Should().Be(double.NaN);

        classroom.Step = 0;
        using var broken = Classes.Logits(1, 8, 3);
        broken[2, 1] = double.NaN;
        classroom.Teach(Classes.Learning(broken), [Classes.Logits(2, 8, 3)], Classes.Labels(1, 8, 3));
        classroom.ReadReport().ToString().Should().NotContain("of the gradient");
    }

    [Test]
    public void Report_tells_how_much_each_mentor_taught_of_each_class()
    {
        using var classroom = new Classroom(Classes.Mentors(2));
        var entries = new List<(long Class, int Mentor, double Weight, double Gap)>();
        for (var step = 0; step < 3; step++)
        {
            var labels = Classes.Labels(step, 16, 4);
            labels[3] = -100;
            Tensor[] mentors = [Classes.Logits(step + 10, 16, 5), Classes.Logits(step + 20, 16, 5)];
            mentors[1][4] = double.NaN;
            var lesson = classroom.Teach(Classes.Learning(Classes.Logits(step, 16, 5)), mentors, labels);
            var (classes, own) = (labels.data<long>().ToArray(), lesson.Performances[0].Doubles());
            for (var m = 0; m < 2; m++)
            {
                var (weights, other) = (lesson.Weights[m].Doubles(), lesson.Performances[1 + m].Doubles());
                entries.AddRange(Enumerable.Range(0, 16).Where(i => classes[i] >= 0)
                    .Select(i => (classes[i], m, weights[i], other[i] - own[i])));
            }
        }

        var groups = classroom.ReadReport().Groups!;

        groups.Kind.Should().Be("class");
        groups.Samples.Should().HaveCount(5);
        groups.Samples[4].Should().Be(0, "no label is 4");
        for (var m = 0; m < 2; m++)
            for (var c = 0; c < 5; c++)
            {
                var ofClass = entries.Where(entry => entry.Class == c && entry.Mentor == m).ToList();
                var taught = ofClass.Where(entry => entry.Weight > 0).ToList();
                groups.Samples[c].Should().Be(ofClass.Count);
                groups.TaughtShares[m][c].Should().Be(ofClass.Count == 0 ? double.NaN : (double)taught.Count / ofClass.Count);
                var gap = taught.Count == 0 ? double.NaN : taught.Average(entry => entry.Gap);
                (groups.MeanGaps[m][c] is var found && (double.IsNaN(found) ? double.IsNaN(gap) : Math.Abs(found - gap) < 1e-12))
                    .Should().BeTrue($"{groups.MeanGaps[m][c]} must be {gap}");
            }
    }

    [Test]
    public void Mixed_labels_count_for_their_largest_class()
    {
        using var classroom = new Classroom(Classes.Mentors(1));
        var mixed = tensor(new[,] { { 0.3, 0.7, 0 }, { 0.9, 0, 0.1 }, { 0, 0.6, 0.4 } });

        classroom.Teach(Classes.Learning(Classes.Logits(1, 3, 3)), [Classes.Logits(2, 3, 3)], mixed);

        classroom.ReadReport().Groups!.Samples.Should().Equal(1, 2, 0);
    }
}
