namespace ClassroomKD.Tests.Core.Mentors;

/// <summary>Mentors that lack classes, ranked by the batch.</summary>
public sealed class MappedBatchTests : TensorFixture
{
    // What each says of the true class: two samples of class 0, two of class 2; the rest is spread evenly.
    private static Tensor Saying(double ofEasy, double ofHard, int classes)
    {
        var rows = new List<Tensor>();
        foreach (var (truth, share) in new[] { (0, ofEasy), (0, ofEasy), (2, ofHard), (2, ofHard) })
        {
            var row = full([classes], (1 - share) / (classes - 1), ScalarType.Float64);
            row[truth < classes ? truth : 0] = tensor(share);
            rows.Add(row.log());
        }
        return stack(rows);
    }

    [Test]
    public void All_are_compared_over_the_same_samples_so_that_knowing_easy_classes_alone_gives_no_lead()
    {
        using var full = new Mentor("all four", _ => throw new InvalidOperationException());
        using var few = new Mentor(
            "the easy two", _ => throw new InvalidOperationException(),
            new MentorOptions { Classes = ClassMap.FromIndices([0, 1, -1, -1], 2) });
        using var classroom = new Classroom([full, few]);

        var lesson = classroom.Teach(
            Classes.Learning(Saying(0.9, 0.1, 4)), [Saying(0.92, 0.2, 4), Saying(0.6, 0.6, 2)], tensor(new long[] { 0, 0, 2, 2 }));

        var shared = 0.9 + 0.1 / 3;
        lesson.Performances.ShouldBe(
            [
                .. Enumerable.Repeat(Math.Sqrt(0.9 * 0.1), 4), .. Enumerable.Repeat(Math.Sqrt(0.92 * 0.2), 4),
                Math.Sqrt(shared * 0.6 * 0.1), Math.Sqrt(shared * 0.6 * 0.1), 0, 0,
            ],
            within: 1e-12);
        lesson.Weights.ShouldBe([1, 1, 1, 1, 0, 0, 0, 0], within: 1e-12);
    }
}
