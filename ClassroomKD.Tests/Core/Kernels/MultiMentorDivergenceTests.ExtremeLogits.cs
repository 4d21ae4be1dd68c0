using FluentAssertions;
using NUnit.Framework;
using static ClassroomKD.Tests.Core.Kernels.DivergenceCase;

namespace ClassroomKD.Tests.Core.Kernels;

public partial class MultiMentorDivergenceTests
{
    [Test]
    public void Student_that_answers_nan_is_not_hidden()
    {
        using var lesson = new DivergenceCase(2, 40, 2, seed: 3);
        lesson.Weights.fill_(1);
        lesson.Student[1, 39] = float.NaN;

        Values(Compute(lesson.Arguments(implementation)).Loss).Select(double.IsNaN)
            .Should().Equal(false, true);
    }

    [Test]
    public void Large_logits_stay_finite([Values(1e4, 3e4, 1e6, 1e12)] double spread, [Values(2, 7, 100)] int classes)
    {
        using var lesson = new DivergenceCase(8, classes, 3, seed: 13, spread);
        lesson.Student.requires_grad = true;
        var expected = lesson.Expected();

        var loss = Compute(lesson.Arguments(implementation)).Loss;
        (loss * lesson.Upstream).sum().backward();

        ShouldBeNear(loss, expected.Loss, 1e-3, 1e-4);
        ShouldBeNear(lesson.Student.grad!, expected.Gradient, 1e-2, 1e-3);
    }

    [Test]
    public void Mentor_with_large_logits_does_not_blur_the_next_one()
    {
        using var lesson = new DivergenceCase(8, 100, 2, seed: 19, spread: 5e5);
        lesson.Mentors[0].mul_(1e6f);
        lesson.Mentors[1].copy_(lesson.Student);
        lesson.Weights.fill_(1);
        lesson.Temperatures.fill_(1);

        Values(Compute(lesson.Arguments(implementation)).PerMentor).Skip(8).Should().OnlyContain(value => value == 0);
    }

    [Test]
    public void Mentor_with_large_logits_does_not_blur_the_one_before([Values(10, 64)] int classes)
    {
        using var lesson = new DivergenceCase(8, classes, 2, seed: 21);
        lesson.Student.add_(6.9e5f);
        lesson.Mentors[1].add_(2e6f);
        lesson.Weights.fill_(1);
        lesson.Temperatures.fill_(1);
        lesson.Student.requires_grad = true;
        var expected = lesson.Expected();

        var result = Compute(lesson.Arguments(implementation));
        (result.Loss * lesson.Upstream).sum().backward();

        ShouldBeNear(result.PerMentor, expected.PerMentor, 1e-5, 2e-5);
        ShouldBeNear(lesson.Student.grad!, expected.Gradient, 5e-5, 2e-5);
    }

    [TestCase(true, false)]
    [TestCase(true, true)]
    public void Class_masked_with_the_least_float_counts_for_nothing(bool byMentor, bool byStudent)
    {
        foreach (var (classes, temperature) in new[] { (10, 1.0), (10, 4.0), (64, 1.0), (64, 4.0), (70, 1.0) })
        {
            using var lesson = new DivergenceCase(4, classes, 2, seed: 22);
            lesson.Weights.fill_(1);
            lesson.Temperatures.fill_(temperature);
            if (byMentor)
                foreach (var mentor in lesson.Mentors)
                    mentor.select(1, classes - 3).fill_(float.MinValue);
            if (byStudent)
                lesson.Student.select(1, classes - 3).fill_(float.MinValue);
            lesson.Student.requires_grad = true;
            var expected = lesson.Expected();

            var result = Compute(lesson.Arguments(implementation));
            (result.Loss * lesson.Upstream).sum().backward();

            ShouldBeNear(result.PerMentor, expected.PerMentor, 1e-5, 2e-5);
            ShouldBeNear(lesson.Student.grad!, expected.Gradient, 5e-5, 2e-5);
            lesson.Student.grad = null;
        }
    }
}
