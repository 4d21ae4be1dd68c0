using ClassroomKD.Tests.Core;

namespace ClassroomKD.Tests.Docs;

/// <summary>What docs/migration.md says of the losses of others.</summary>
public sealed class MigrationTests : TensorFixture
{
    [TestCase(0.1, 0.9, 4, TestName = "mdistiller's KD: CE_WEIGHT, KD_WEIGHT, TEMPERATURE")]
    [TestCase(0.9, 0.1, 4, TestName = "torchdistill's KDLoss: alpha, 1 - alpha, temperature")]
    public void Loss_is_that_of_ordinary_distillation(double labels, double teacher, double temperature)
    {
        var student = Classes.Logits(1, 8, 10).requires_grad_();
        var answer = Classes.Logits(2, 8, 10);
        var truth = Classes.Labels(3, 8, 10);
        using var classroom = new Classroom(
            Classes.Mentors(1),
            new() { Ranking = { Filter = false }, ConstantTaskCoefficient = labels, ConstantTemperature = temperature },
            new LogitsTask(new() { DistillationFactor = teacher }));

        var soft = answer.div(Scalars.Of(temperature)).softmax(1);
        var divergence = soft.mul(soft.log().sub(student.div(Scalars.Of(temperature)).log_softmax(1))).sum(1).mean();
        var expected = labels * nn.functional.cross_entropy(student, truth).item<double>()
            + teacher * temperature * temperature * divergence.item<double>();

        classroom.Teach(student, [answer], truth).Loss.item<double>().Should().BeApproximately(expected, 1e-9);
    }

    [TestCase(ClassroomPreset.ReleasedCode, 1, TestName = "--no_ask: every mentor has weight 1")]
    [TestCase(ClassroomPreset.Recommended, 0.5, TestName = "no preset stated: two mentors without filter have 0.5 each")]
    public void Weights_without_filter_are_those_of_the_page(ClassroomPreset preset, double weight)
    {
        new ClassroomOptions().Preset.Should().Be(ClassroomPreset.Recommended);
        using var classroom = new Classroom(
            Classes.Mentors(2),
            new()
            {
                Preset = preset, Ranking = { Filter = false }, ConstantTemperature = 1, TaskCoefficient = TaskCoefficient.One,
            });
        var answers = new[] { Classes.Logits(2, 8, 10), Classes.Logits(3, 8, 10) };

        var lesson = classroom.Teach(Classes.Logits(1, 8, 10).requires_grad_(), answers, Classes.Labels(4, 8, 10));

        lesson.Weights.data<double>().ToArray().Should().HaveCount(16).And.OnlyContain(it => Math.Abs(it - weight) < 1e-12);
    }
}
