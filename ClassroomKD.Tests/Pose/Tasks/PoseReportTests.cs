using ClassroomKD.Pose;
using static ClassroomKD.Tests.Pose.Tasks.PoseCase;

namespace ClassroomKD.Tests.Pose.Tasks;

/// <summary>What a report tells of joints, and of the gradients on maps.</summary>
public sealed class PoseReportTests : TensorFixture
{
    private const int Persons = 6, Count = 17;

    [Test]
    public void Report_tells_how_much_each_mentor_taught_of_each_joint([Values] bool bins)
    {
        manual_seed(3);
        // The second mentor does not know joint 4, and joint 5 only as the middle of two.
        var map = new JointMap(Count, [.. Enumerable.Range(0, Count).Select(k => k == 4 ? [] : k == 5 ? [5, 6] : (int[])[k])]);
        using PoseTask task = bins ? new SimccTask() : new HeatmapTask();
        using var classroom = new Classroom<PoseAnswer, PoseTarget>([Silent("maps"), Silent("other joints")], task);
        var (joints, visibility) = (Joints(Persons), ones(Persons, Count));
        visibility[1, 2] = 0;
        visibility[3] = 0;
        PoseAnswer student = Learning(Shifted(joints, 9), bins);

        var lesson = classroom.Teach(
            student, [Heatmaps(Shifted(joints, 1), Coarse, Dark), Heatmaps(Shifted(joints, 3), Fine, FineDark, map)],
            Target(joints, visibility));
        var report = classroom.ReadReport();

        var (groups, seen) = (report.Groups!, visibility.Doubles());
        groups.Kind.Should().Be("joint");
        groups.Samples.Should().Equal(Enumerable.Range(0, Count).Select(k => Seen(k).LongCount()));
        for (var m = 0; m < 2; m++)
        {
            var weights = lesson.Weights[m].Doubles();
            weights.Should().Contain(weight => weight > 0);
            for (var k = 0; k < Count; k++)
            {
                var knows = m == 0 || k is not (4 or 5);
                var taught = knows ? Seen(k).Count(i => weights[i] > 0) : 0;
                groups.TaughtShares[m][k].Should().Be((double)taught / groups.Samples[k]);
                (groups.MeanGaps[m][k] > 0).Should().Be(taught > 0, $"mentor {m}, joint {k}: {groups.MeanGaps[m][k]}");
            }
        }

        report.TaskGradient.Should().BePositive();
        report.MentorGradient.Should().BePositive();

        IEnumerable<int> Seen(int joint) => Enumerable.Range(0, Persons).Where(i => seen[i * Count + joint] > 0);
    }

    private static Mentor<PoseAnswer> Silent(string name) => new(name, _ => throw new InvalidOperationException("Answers are given."));

    private static PoseAnswer Learning(Tensor joints, bool bins)
    {
        if (Heatmaps(joints, Coarse, Dark) is var maps && !bins)
            return new HeatmapPose(maps.Heatmaps.requires_grad_(), Coarse, Dark);
        var rows = Simcc(joints).Bins;
        return new SimccPose(new SimccAnswer(rows.X.requires_grad_(), rows.Y.requires_grad_()));
    }
}
