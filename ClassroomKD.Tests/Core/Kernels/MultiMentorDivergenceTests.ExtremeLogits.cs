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

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Masked_class_counts_for_nothing_as_if_it_were_not_there(bool byMentor, bool byStudent)
    {
        foreach (var (classes, own) in new[] { (3, false), (10, false), (64, true), (100, false), (700, false), (5000, true) })
        {
            using var inner = NewDisposeScope();
            using var lesson = new DivergenceCase(4, classes, 3, seed: classes);
            using var without = new DivergenceCase(4, classes, 3, seed: classes);
            // Row 0 has no mask, row 1 one class, rows 2 and 3 all but two; the mask of a mentor differs from the others'.
            var expected = Enumerable.Range(0, 4 * classes).ToDictionary(i => i, _ => 0.0);
            var (parts, weights) = (new double[12], Values(lesson.Weights));
            for (var m = 0; m < 3; m++)
                for (var r = 0; r < 4; r++)
                {
                    var shift = byStudent ? 0 : m;
                    int[] masked = r == 0 ? [] : r == 1 ? [classes - 1]
                        : [.. Enumerable.Range(0, classes).Where(c => (c + shift) % classes > 1)];
                    int[] kept = [.. Enumerable.Range(0, classes).Except(masked)];
                    using var pair = new DivergenceCase(1, kept.Length, 1, seed: 1);
                    pair.Student.copy_(without.Student[r].index_select(0, tensor(kept)).unsqueeze(0));
                    pair.Mentors[0].copy_(without.Mentors[m][r].index_select(0, tensor(kept)).unsqueeze(0));
                    pair.Weights.fill_(lesson.Weights[m, r].item<float>());
                    pair.Temperatures.fill_(lesson.Temperatures[m, r].item<float>());
                    pair.StudentTemperatures.fill_(lesson.StudentTemperatures[m, r].item<float>());
                    pair.Upstream.fill_(lesson.Upstream[r].item<float>());
                    var (_, perMentor, gradient) = pair.Expected(own);
                    parts[(m * 4) + r] = perMentor[0];
                    for (var i = 0; i < kept.Length; i++)
                        expected[(r * classes) + kept[i]] += gradient[i];
                    foreach (var c in masked)
                    {
                        if (byMentor)
                            lesson.Mentors[m][r, c] = float.NegativeInfinity;
                        if (byStudent)
                            lesson.Student[r, c] = float.NegativeInfinity;
                    }
                }
            lesson.Student.requires_grad = true;

            var result = Compute(lesson.Arguments(implementation, own));
            (result.Loss * lesson.Upstream).sum().backward();

            ShouldBeNear(result.PerMentor, parts, 1e-3, 3e-5);
            ShouldBeNear(lesson.Student.grad!, [.. expected.Values], 1e-4, 3e-5);
        }
    }

    [TestCase(true, false)]
    [TestCase(false, true)]
    [TestCase(true, true)]
    public void Row_of_which_all_is_masked_teaches_nothing_and_spoils_no_other(bool byMentor, bool byStudent)
    {
        using var lesson = new DivergenceCase(3, 40, 2, seed: 5);
        lesson.Weights.fill_(1);
        var expected = lesson.Expected();
        if (byMentor)
            foreach (var mentor in lesson.Mentors)
                mentor[1].fill_(float.NegativeInfinity);
        if (byStudent)
            lesson.Student[1].fill_(float.NegativeInfinity);
        lesson.Student.requires_grad = true;

        var result = Compute(lesson.Arguments(implementation));
        (result.Loss * lesson.Upstream).sum().backward();

        ShouldBeNear(result.Loss, [expected.Loss[0], 0, expected.Loss[2]], 5e-4, 2e-5);
        ShouldBeNear(
            lesson.Student.grad!, [.. expected.Gradient.Select((slope, i) => i / 40 == 1 ? 0 : slope)], 5e-5, 2e-5);
    }

    [Test]
    public void Mask_beside_a_logit_that_is_no_number_does_not_hide_it([Values(float.NaN, float.PositiveInfinity)] float poison)
    {
        using var lesson = new DivergenceCase(2, 40, 2, seed: 3);
        lesson.Weights.fill_(1);
        lesson.Student[1, 39] = poison;
        lesson.Student[1, 3] = float.NegativeInfinity;
        lesson.Student[0, 3] = float.NegativeInfinity;

        Values(Compute(lesson.Arguments(implementation)).Loss).Select(double.IsFinite).Should().Equal(true, false);
    }
}
