namespace ClassroomKD.Tests.Core;

/// <summary>A class that is masked with negative infinity counts for nothing in a lesson.</summary>
public sealed class MaskedClassesTests : TensorFixture
{
    private static readonly long[] Shown = [0, 1, 3, 4];

    private static Tensor Hidden(Tensor logits) =>
        logits.index_fill(1, tensor(new long[] { 2 }), Scalars.Of(double.NegativeInfinity));

    private static Tensor Kept(Tensor logits) => logits.index_select(1, tensor(Shown));

    [Test]
    public void Student_and_mentors_who_mask_a_class_learn_as_if_it_were_not_there(
        [Values] ClassroomPreset preset, [Values(0, 0.1)] double smoothing, [Values(false, true)] bool soft)
    {
        var (student, mentor, other) = (Classes.Logits(1, 8, 5), Classes.Logits(2, 8, 5), Classes.Logits(3, 8, 5));
        var few = Classes.Labels(4, 8, 4);
        var labels = tensor(Shown).index_select(0, few);
        Tensor OneHot(Tensor classes, long count) => nn.functional.one_hot(classes, count).to(ScalarType.Float64);
        Tensor Truth(Tensor classes, long count) =>
            soft ? OneHot(classes, count).mul(0.8).add(OneHot(zeros_like(classes), count), 0.2) : classes;
        LogitsTaskOptions task = new() { LabelSmoothing = smoothing };
        var small = Classes.Learning(Kept(student));
        var expected = Classes.Lesson(small, [Kept(mentor), Kept(other)], Truth(few, 4), new() { Preset = preset }, task);
        expected.Loss.backward();

        var large = Classes.Learning(Hidden(student));
        var lesson = Classes.Lesson(large, [Hidden(mentor), Hidden(other)], Truth(labels, 5), new() { Preset = preset }, task);
        lesson.Loss.backward();

        lesson.Loss.ShouldEqual(expected.Loss, 1e-10, "loss");
        lesson.Performances.ShouldEqual(expected.Performances, 1e-10, "performances");
        large.grad!.ShouldEqual(zeros_like(large).index_copy(1, tensor(Shown), small.grad!), 1e-9, "gradient", 1e-12);
        lesson.Weights.ne(0).any().item<bool>().Should().BeTrue("mentors teach");
    }

    [Test]
    public void A_mentor_that_masks_the_truth_does_not_teach_the_sample_and_is_not_called_broken()
    {
        var (student, mentor) = (Classes.Logits(1, 4, 5), Hidden(Classes.Logits(2, 4, 5)));
        using var classroom = new Classroom(Classes.Mentors(1), new() { Ranking = { Filter = false } });

        var lesson = classroom.Teach(Classes.Learning(student), [mentor], tensor(new long[] { 0, 2, 2, 4 }));
        var report = classroom.ReadReport().Mentors[0];

        lesson.Weights.Doubles().Should().Equal(1, 0, 0, 1);
        lesson.Performances[1].Doubles().Select(c => c > 0).Should().Equal(true, false, false, true);
        (report.NonFiniteAnswers, report.EligibleShare).Should().Be((0L, 0.5));
    }

    [Test]
    public void Entropies_of_masked_classes_are_numbers()
    {
        var lesson = Classes.Lesson(
            Hidden(Classes.Logits(1, 4, 5)), [Hidden(Classes.Logits(2, 4, 5)), Classes.Logits(3, 4, 5)], tensor(new long[] { 0, 1, 3, 4 }),
            ranker: new EntropyRanker());
        lesson.Weights.isfinite().all().item<bool>().Should().BeTrue();
        lesson.Weights.sum(0L).ShouldBe([1, 1, 1, 1], 1e-9);
    }

    [Test]
    public void A_mentor_of_some_classes_beside_a_student_that_masks_one()
    {
        var map = ClassMap.FromIndices([-1, 0, 1, 2, 3], 4);
        using var mentor = new Mentor("part", x => x, new MentorOptions { Classes = map });
        using var classroom = new Classroom([mentor]);
        var student = Classes.Learning(Hidden(Classes.Logits(1, 4, 5)));

        var lesson = classroom.Teach(student, [Classes.Logits(2, 4, 4)], tensor(new long[] { 1, 3, 4, 0 }));
        lesson.Loss.backward();

        lesson.Loss.isfinite().item<bool>().Should().BeTrue();
        student.grad!.isfinite().all().item<bool>().Should().BeTrue();
        student.grad!.select(1, 2).Doubles().Should().OnlyContain(slope => slope == 0);
    }
}
