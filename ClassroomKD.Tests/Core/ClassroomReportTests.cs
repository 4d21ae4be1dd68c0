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
        report.TaskLoss.Should().BeApproximately(lessons.Average(lesson => lesson.TaskLoss.Number()), 1e-9);
        classroom.ReadReport().Lessons.Should().Be(0);
    }
}
