namespace ClassroomKD.Tests.Core.Recording;

[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class RecordedMentorTests
{
    private readonly TemporaryFolder folder = new();
    private readonly LessonsCase lesson = new();
    private RecordedLessons lessons = null!;

    [SetUp]
    public void Record()
    {
        lesson.Record(folder.Root);
        lessons = RecordedLessons.Open(folder.Root);
    }

    [TearDown]
    public void Remove()
    {
        folder.Dispose();
        lesson.Dispose();
    }

    // Each batch lies in another file than the one before, of which one at a time is mapped.
    [Test]
    public void Threads_share_one_and_each_gets_the_answers_to_its_own_batches()
    {
        using var recorded = lessons.CreateMentor("deep");
        var failures = new List<Exception>();
        var threads = Enumerable.Range(0, 4).Select(number => new Thread(() =>
        {
            try
            {
                for (var epoch = number; epoch < number + 40; epoch++)
                    foreach (var batch in lessons.Replay(lesson.Data).Epoch(epoch))
                    {
                        using var scope = NewDisposeScope();
                        recorded.Answer(RecordedLessonsTests.Question(batch))
                            .ShouldBeBitwiseEqual(lesson.Mentors[1].Answer(batch.Input), $"thread {number}, epoch {epoch}");
                    }
            }
            catch (Exception exception)
            {
                lock (failures)
                    failures.Add(exception);
            }
        })).ToList();
        threads.ForEach(thread => thread.Start());
        threads.ForEach(thread => thread.Join());

        failures.Should().BeEmpty();
    }

    [Test]
    public void Disposed_it_answers_no_more()
    {
        var recorded = lessons.CreateMentor("deep");
        using var classroom = new Classroom([recorded]);
        recorded.Dispose();

        foreach (var batch in lessons.Replay(lesson.Data).Epoch(0).Take(1))
        {
            using var scope = NewDisposeScope();
            var answer = zeros(batch.Input.size(0), LessonsCase.Classes).requires_grad_();
            FluentActions.Invoking(() => classroom.Teach(batch, answer)).Should().Throw<ObjectDisposedException>()
                .WithMessage("Mentor 'deep' was disposed*");
        }
    }
}
