namespace ClassroomKD.Tests.Core;

/// <summary>What losses of one's own are given: the temperatures of both sides, and of each mentor its own.</summary>
public sealed class LossArgumentsTests : TensorFixture
{
    private static readonly double[,] OfMentors = { { 2, 3, 4 }, { 5, 6, 7 } };
    private static readonly double[,] OfStudent = { { 1.5, 2.5, 3.5 }, { 4.5, 5.5, 6.5 } };

    [Test]
    public void A_loss_sees_its_mentors_temperatures_and_the_students([Values] bool both)
    {
        var watching = new Watching();
        var lesson = Learn(new() { Loss = watching }, both);
        var weighted = Classes.Logits(1, 3, 4).sum(1).Doubles().Select(loss => loss / 2).ToList();
        lesson.MentorLosses.ShouldBe([.. weighted, .. weighted], 1e-12, "each of two mentors weighs a half");
        watching.Seen.Should().HaveCount(2);
        for (var m = 0; m < 2; m++)
        {
            watching.Seen[m].Mentor.Should().Equal(Row(OfMentors, m));
            watching.Seen[m].Student.Should().Equal(Row(both ? OfStudent : OfMentors, m));
        }
    }

    [Test]
    public void A_joint_loss_sees_all_temperatures_and_the_students([Values] bool both)
    {
        var watching = new Watching();
        Learn(new() { JointLoss = watching }, both);
        var (mentor, student) = watching.Seen.Should().ContainSingle().Which;
        mentor.Should().Equal(OfMentors.Cast<double>());
        student.Should().Equal((both ? OfStudent : OfMentors).Cast<double>());
    }

    private static Lesson Learn(LogitsTaskOptions task, bool both) => Classes.Lesson(
        Classes.Logits(1, 3, 4), [Classes.Logits(2, 3, 4), Classes.Logits(3, 3, 4)], Classes.Labels(4, 3, 4), task: task,
        ranker: new UniformRanker(), pace: new Given(both));

    private static double[] Row(double[,] table, int row) => [.. Enumerable.Range(0, table.GetLength(1)).Select(i => table[row, i])];

    private sealed class Given(bool both) : ILearningPaceScheduler
    {
        public LearningPace Schedule(in PacingArguments arguments) =>
            new() { Temperatures = tensor(OfMentors), StudentTemperatures = both ? tensor(OfStudent) : null };
    }

    private sealed class Watching : ILogitsDistillationLoss, IJointLogitsLoss
    {
        public List<(double[] Mentor, double[] Student)> Seen { get; } = [];

        public Tensor PerSample(in LogitsLossArguments arguments)
        {
            Seen.Add(([.. arguments.Temperatures.Doubles()], [.. arguments.StudentTemperatures.Doubles()]));
            return arguments.Student.sum(1);
        }

        public Tensor PerMentor(in JointLogitsLossArguments arguments)
        {
            Seen.Add(([.. arguments.Temperatures.Doubles()], [.. arguments.StudentTemperatures.Doubles()]));
            return arguments.Student.sum(1).expand(2, -1);
        }
    }
}
