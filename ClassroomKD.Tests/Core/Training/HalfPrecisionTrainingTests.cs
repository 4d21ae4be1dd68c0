using ClassroomKD.Vision;

namespace ClassroomKD.Tests.Core.Training;

/// <summary>A student whose weights are bfloat16 trains by mentors in float32.</summary>
public sealed class HalfPrecisionTrainingTests : TensorFixture
{
    [TestCase(false)]
    [TestCase(true)]
    public void A_bfloat16_student_learns(bool adam)
    {
        manual_seed(3);
        using var student = new Student("half", new CifarResNet(8, 10, 8).to(ScalarType.BFloat16));
        using var mentor = new Mentor("full", new CifarResNet(8, 10, 8), new MentorOptions { Input = new() { Type = ScalarType.Float32 } });
        using var classroom = new Classroom([mentor], new() { Ranking = { Filter = false }, TaskCoefficient = TaskCoefficient.One });
        var (input, labels) = (randn(16, 3, 16, 16).to(ScalarType.BFloat16), arange(16, ScalarType.Int64).remainder(Scalars.OfInteger(10)));
        using optim.Optimizer optimizer = adam
            ? new AdamWOptimizer(student.Module.parameters(), 0.003)
            : new SgdOptimizer(student.Module.parameters(), 0.05, 0.9);
        var losses = new List<double>();
        for (var step = 0; step < 12; step++)
        {
            using var scope = NewDisposeScope();
            optimizer.zero_grad();
            var lesson = classroom.Teach(input, student.Answer(input), labels);
            lesson.Loss.dtype.Should().Be(ScalarType.Float32, "losses are computed in full precision");
            lesson.Loss.backward();
            optimizer.step();
            losses.Add(lesson.PlainTaskLoss.Number() + lesson.MentorLosses.sum().Number() / 16);
        }

        student.Module.parameters().Should().OnlyContain(parameter => parameter.dtype == ScalarType.BFloat16);
        losses.Should().OnlyContain(loss => double.IsFinite(loss));
        losses[^1].Should().BeLessThan(0.8 * losses[0]);
    }
}
